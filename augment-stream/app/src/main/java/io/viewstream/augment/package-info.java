/**
 * The generation stage: a Kafka Streams application that publishes K synthetic views of each image
 * in source-images.
 *
 * <p>Read {@link io.viewstream.augment.GenerationService} first, which runs one instance by {@link
 * io.viewstream.augment.GenerationSettings} and ends with a {@link
 * io.viewstream.augment.GenerationResult}; then {@code internal.AugmentProcessor}, whose comment
 * says why each record is settled before {@code process()} returns. {@link
 * io.viewstream.augment.SyntheticViewAudit} checks from outside what the stage promises, and {@link
 * io.viewstream.augment.AugmentCommand} is its command line.
 *
 * <p>{@link io.viewstream.augment.FileGeneration} makes the same views of image files without
 * Kafka; its command line is {@link io.viewstream.augment.GenerateCommand}.
 */
@NullMarked
package io.viewstream.augment;

import org.jspecify.annotations.NullMarked;
