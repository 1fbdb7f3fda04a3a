/**
 * Records to bytes and back: Avro binary in Confluent's wire format, with schemas from a registry.
 *
 * <p>Read {@link io.viewstream.schemas.serde.WireFormat} for the bytes, {@link
 * io.viewstream.schemas.serde.SchemaRegistry} for where schema ids come from and what happens when
 * the registry is away, then the {@link io.viewstream.schemas.serde.RecordSerializer} and {@link
 * io.viewstream.schemas.serde.RecordDeserializer} that Kafka calls. Two failures are told apart: a
 * {@link io.viewstream.schemas.serde.MalformedRecordException} is the record's own fault and will
 * not go away; a {@link io.viewstream.schemas.serde.RegistryUnavailableException} is an outage.
 */
@NullMarked
package io.viewstream.schemas.serde;

import org.jspecify.annotations.NullMarked;
