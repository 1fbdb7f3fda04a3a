/**
 * The arithmetic of diffusion samplers, without networks: {@link
 * io.viewstream.generators.internal.diffusion.NoiseSchedule} says how much noise each timestep has,
 * {@link io.viewstream.generators.internal.diffusion.DdimSampler} walks from noise to an image, and
 * {@link io.viewstream.generators.internal.diffusion.EmbeddingNoise} prepares the image embedding
 * that Stable Diffusion unCLIP is conditioned on.
 */
@NullMarked
package io.viewstream.generators.internal.diffusion;

import org.jspecify.annotations.NullMarked;
