package io.viewstream.trainer.feed.internal;

import org.jspecify.annotations.Nullable;

/** What a frame of a segment log holds. The codes are part of the file format. */
public enum FrameKind {
  /** A real image. */
  SOURCE(1),
  /** A null value: the image is withdrawn, with its views. */
  WITHDRAWN(2),
  /** A synthetic view. */
  VIEW(3),
  /** A source record that a run of the generation stage gave up. */
  DEAD_LETTER(4),
  /** Where reading goes on, for each partition. */
  POSITIONS(5),
  /** Where reading began, for each partition. */
  BEGINNINGS(6);

  private static final FrameKind[] BY_CODE = values();

  private final int code;

  FrameKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static @Nullable FrameKind of(int code) {
    // Codes are 1 and up, in order: every frame is asked for its kind, often.
    return code < 1 || code > BY_CODE.length ? null : BY_CODE[code - 1];
  }
}
