package io.viewstream.trainer.feed.internal;

import java.util.Arrays;
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

  private final int code;

  FrameKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static @Nullable FrameKind of(int code) {
    return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst().orElse(null);
  }
}
