package io.viewstream.generators;

import io.viewstream.imaging.RgbImage;

/**
 * An accepted view with what is needed to make it again.
 *
 * @param viewIndex from 0
 * @param attempt the try that was accepted, from 0
 * @param seed see {@link ViewSeed}
 * @param image the view
 */
public record SeededView(int viewIndex, int attempt, long seed, RgbImage image) {}
