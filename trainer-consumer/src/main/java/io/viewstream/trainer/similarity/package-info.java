/**
 * How much two encoders see the same in images, whatever the axes and the number of their features.
 *
 * <p>{@link io.viewstream.trainer.similarity.SimilarityMeasurement} runs two encoders over the same
 * images and adds what they make of them to a {@link
 * io.viewstream.trainer.similarity.PairedFeatures}, which gives linear CKA and the orthogonal
 * Procrustes distance as {@link io.viewstream.trainer.similarity.Similarity}. The second encoder is
 * another checkpoint or, by {@link io.viewstream.trainer.similarity.OnnxEncoder}, any ONNX file.
 */
@NullMarked
package io.viewstream.trainer.similarity;

import org.jspecify.annotations.NullMarked;
