/**
 * The machinery of the generation stage. {@link io.viewstream.augment.internal.StageParts} puts the
 * topology together; {@link io.viewstream.augment.internal.AugmentProcessor} is its one processor
 * and does the part that is Kafka's, {@code RecordSettler} the part that is not: from a record's
 * bytes to the bytes of its views. {@link io.viewstream.augment.internal.StreamsSettings} computes
 * Kafka Streams' settings, {@link io.viewstream.augment.internal.RunOffsets} and {@link
 * io.viewstream.augment.internal.SourceBacklog} know where a run stands.
 */
@NullMarked
package io.viewstream.augment.internal;

import org.jspecify.annotations.NullMarked;
