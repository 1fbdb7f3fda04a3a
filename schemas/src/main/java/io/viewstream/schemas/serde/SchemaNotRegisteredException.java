package io.viewstream.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The schema that this build writes is not registered for the topic, or the registry refused it as
 * incompatible. Services never register schemas by themselves; {@code viewstream topics create}
 * does.
 */
public final class SchemaNotRegisteredException extends SerializationException {
  private static final long serialVersionUID = 1L;

  public SchemaNotRegisteredException(String message, Throwable cause) {
    super(message, cause);
  }
}
