package io.viewstream.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The schema registry did not give an answer within the retry time, or refused us. No record is at
 * fault: the service stops and goes on from its offsets when the registry is back.
 */
public final class RegistryUnavailableException extends SerializationException {
  private static final long serialVersionUID = 1L;

  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
