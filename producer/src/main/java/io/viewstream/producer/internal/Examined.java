package io.viewstream.producer.internal;

import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.SourceImage;

/** What a file of a source turned out to be. */
public sealed interface Examined {
  /** An image, ready to be sent. */
  record Accepted(SourceImage image) implements Examined {}

  /** Something that is not sent as an image. */
  record Rejected(DeadLetter deadLetter) implements Examined {}
}
