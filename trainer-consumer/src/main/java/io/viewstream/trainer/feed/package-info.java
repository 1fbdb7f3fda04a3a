/**
 * Mixed batches of real and synthetic views, read from Kafka and repeatable to the bit.
 *
 * <p>Training sees three types: a {@link io.viewstream.trainer.feed.BatchFeed} opens one {@link
 * io.viewstream.trainer.feed.EpochFeed} per epoch, and that hands out {@link
 * io.viewstream.trainer.feed.MixedBatch}es, whose two slots are buffers that the engine reads
 * without a copy.
 *
 * <p>Batches come from a pool: {@link io.viewstream.trainer.feed.ViewPool} holds all there is, for
 * training in epochs; {@link io.viewstream.trainer.feed.WindowPool} reads on while training goes
 * on, and its windows take the place of epochs. {@link io.viewstream.trainer.feed.RunManifest}
 * records what each of either could see.
 */
@NullMarked
package io.viewstream.trainer.feed;

import org.jspecify.annotations.NullMarked;
