package io.viewstream.generators;

import io.viewstream.imaging.RgbImage;

/** A view was made. Whether it is good enough to publish is decided by {@link ViewSetGenerator}. */
public record GeneratedView(RgbImage image) implements GenerationOutcome {}
