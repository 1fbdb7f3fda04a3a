/**
 * The machinery behind the feed.
 *
 * <p>Storage, from the bottom: a {@link io.viewstream.trainer.feed.internal.Frame} is one record's
 * bytes, a {@link io.viewstream.trainer.feed.internal.Segment} a mapped file of frames, a {@link
 * io.viewstream.trainer.feed.internal.SegmentLog} the files of one topic, an {@link
 * io.viewstream.trainer.feed.internal.ImageIndex} what is known of each image, and a {@link
 * io.viewstream.trainer.feed.internal.PoolStore} these together. A {@link
 * io.viewstream.trainer.feed.internal.TopicReader} fills the store from Kafka, through a {@link
 * io.viewstream.trainer.feed.internal.PoolWriter} that stores beside it.
 *
 * <p>Feeds without end: a {@link io.viewstream.trainer.feed.internal.StreamReader} delivers to a
 * {@link io.viewstream.trainer.feed.internal.WindowStore} and asks it what to pause; {@link
 * io.viewstream.trainer.feed.internal.WindowArrivals} says where the next window can be cut.
 *
 * <p>Batches: {@link io.viewstream.trainer.feed.internal.SampleOrder} says which image stands
 * where, {@link io.viewstream.trainer.feed.internal.BatchPipeline} has threads fill {@link
 * io.viewstream.trainer.feed.internal.BatchBuffers} by a {@link
 * io.viewstream.trainer.feed.internal.SampleWriter} each and hands batches out in order.
 */
@NullMarked
package io.viewstream.trainer.feed.internal;

import org.jspecify.annotations.NullMarked;
