/**
 * Training as a service: from settings and a feed of mixed batches to losses and checkpoints.
 *
 * <p>Every value that can change a loss is a {@link io.viewstream.trainer.train.SettingKey} with a
 * {@link io.viewstream.trainer.train.SettingValue} that names where it comes from: a file of the
 * paper's code by way of a {@link io.viewstream.trainer.train.Preset}, or the command line. {@link
 * io.viewstream.trainer.train.TrainingSettings} are those values checked and typed. {@link
 * io.viewstream.trainer.train.Trainer} does single steps; {@link
 * io.viewstream.trainer.train.TrainingLoop} goes through the epochs of a feed, keeps checkpoints
 * and can stop and go on; {@link io.viewstream.trainer.train.TrainingService} puts a feed over
 * Kafka and a manifest around it, and {@code TrainCommand} is that service on the command line.
 *
 * <p>{@link io.viewstream.trainer.train.TrainingPool} is what differs between the modes: epochs
 * over all there is, or windows of a feed without end, whose meters are {@link
 * io.viewstream.trainer.train.StreamMeter}s.
 */
@NullMarked
package io.viewstream.trainer.train;

import org.jspecify.annotations.NullMarked;
