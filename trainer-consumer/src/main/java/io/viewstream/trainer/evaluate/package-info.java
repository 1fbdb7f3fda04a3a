/**
 * How good the features of a trained backbone are, measured with labels that training never saw.
 *
 * <p>{@link io.viewstream.trainer.evaluate.Evaluation} does it all for a checkpoint and two
 * labelled sources of images: {@link io.viewstream.trainer.evaluate.FeatureExtractor} runs the
 * {@link io.viewstream.trainer.evaluate.FrozenBackbone}, or any other {@link
 * io.viewstream.trainer.evaluate.FeatureEncoder}, over them and gives {@link
 * io.viewstream.trainer.evaluate.LabelledFeatures}; {@link io.viewstream.trainer.evaluate.Probe}
 * learns a linear classifier on those of the training images, and {@link
 * io.viewstream.trainer.evaluate.NearestNeighbours} lets the nearest of them vote; both are then
 * right or wrong about the test images.
 */
@NullMarked
package io.viewstream.trainer.evaluate;

import org.jspecify.annotations.NullMarked;
