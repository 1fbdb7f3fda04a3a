package io.viewstream.augment.internal;

import io.viewstream.schemas.ErrorCategory;
import java.util.List;

/** What a source record came to: all its views, or one dead letter. Ready to be forwarded. */
@SuppressWarnings("ArrayRecordComponent") // on their way to the producer, never compared
public sealed interface Settlement {

  /** Key of the records to forward; not to be modified. */
  byte[] key();

  /**
   * The record has its views.
   *
   * @param values encoded records of synthetic-views, by view index
   */
  record Views(byte[] key, List<byte[]> values) implements Settlement {
    public Views {
      values = List.copyOf(values);
    }
  }

  /**
   * The record has been given up.
   *
   * @param value encoded record of dead-letters
   */
  record GivenUp(byte[] key, byte[] value, ErrorCategory category) implements Settlement {}
}
