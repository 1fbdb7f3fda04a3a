package io.viewstream.generators;

import io.viewstream.imaging.RgbImage;

/**
 * One view to make.
 *
 * @param source the image whose semantics the view must keep
 * @param seed all randomness of the view; see {@link ViewSeed}
 */
public record GenerationRequest(RgbImage source, long seed) {}
