package io.viewstream.generators;

/**
 * The generator ran, and what it made is not an image: for example not-a-number pixels. Another
 * seed may do better.
 *
 * @param reason what is wrong, in a few words
 */
public record RejectedView(String reason) implements GenerationOutcome {}
