package io.viewstream.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The bytes of one record cannot be read, now or ever: not Confluent's wire format, a schema id
 * that the registry does not know, a schema that ours cannot read, or damaged Avro. The record
 * belongs into the dead letters.
 */
public final class MalformedRecordException extends SerializationException {
  private static final long serialVersionUID = 1L;

  public MalformedRecordException(String message) {
    super(message);
  }

  public MalformedRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
