/**
 * The augmentations of self-supervised training, to the pixel as PIL and torchvision compute them.
 *
 * <p>Reading order: an {@link io.viewstream.imaging.augment.AugmentationSet} names the settings of
 * both views of an image, one {@link io.viewstream.imaging.augment.ViewAugmentation} each. {@link
 * io.viewstream.imaging.augment.AugmentationParameters} are drawn from such settings by {@link
 * io.viewstream.imaging.augment.CounterRandom}, a function of a key and nothing else, so that no
 * thread and no order of work can change them. An {@link
 * io.viewstream.imaging.augment.Augmentation} carries parameters out: {@link
 * io.viewstream.imaging.augment.ResizedCrop}, flip, {@link
 * io.viewstream.imaging.augment.ColorOperations}, {@link
 * io.viewstream.imaging.augment.ExtendedBoxBlur}, and at last {@link
 * io.viewstream.imaging.augment.Normalisation} into the buffer that the engine reads.
 *
 * <p>The crop comes first, so that all further work is on pixels that stay. In between images are
 * {@link io.viewstream.imaging.augment.PlanarImage}s with one {@code int} per value: plain loops
 * over {@code int} and {@code float} arrays are what the JIT compiler turns into vector
 * instructions. Classes that hold scratch arrays belong to one thread each and say so.
 */
@NullMarked
package io.viewstream.imaging.augment;

import org.jspecify.annotations.NullMarked;
