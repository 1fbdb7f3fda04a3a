/**
 * What other programs are given of a training.
 *
 * <p>{@link io.viewstream.trainer.export.BackboneExport} writes the backbone of a checkpoint under
 * torchvision's names; {@link io.viewstream.trainer.export.FeatureExport} writes what it makes of
 * images, as {@link io.viewstream.trainer.export.FeatureFormat} safetensors or npz. Both write an
 * {@link io.viewstream.trainer.export.OutputFile}: whole, or not at all.
 */
@NullMarked
package io.viewstream.trainer.export;

import org.jspecify.annotations.NullMarked;
