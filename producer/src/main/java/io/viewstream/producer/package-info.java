/**
 * Images into the source-images topic.
 *
 * <p>{@link io.viewstream.producer.ImageIngest} takes its {@link
 * io.viewstream.producer.IngestSettings}, reads a folder, an archive or drawn shapes, sends what is
 * an image to source-images and what is not to dead-letters, and returns an {@link
 * io.viewstream.producer.IngestResult}. {@link io.viewstream.producer.ImageWithdrawal} takes images
 * back. {@link io.viewstream.producer.ProduceCommand} is both on the command line.
 */
@NullMarked
package io.viewstream.producer;

import org.jspecify.annotations.NullMarked;
