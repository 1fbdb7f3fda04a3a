package io.viewstream.augment.internal;

import io.viewstream.schemas.ErrorCategory;

/** A source record that cannot have views. What to do next: one dead letter for it. */
final class RejectedRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCategory category;

  RejectedRecordException(ErrorCategory category, String message) {
    super(message);
    this.category = category;
  }

  RejectedRecordException(ErrorCategory category, String message, Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  ErrorCategory category() {
    return category;
  }
}
