package io.viewstream.imaging.source;

import java.nio.ByteBuffer;
import java.util.Optional;

/** One file of a source: read whole, or rejected with a reason. */
public sealed interface SourceEntry {
  /** How much of a rejected file's content is kept, in bytes. */
  int REJECTED_START_BYTES = 64 * 1024;

  /** Path within the source, with forward slashes; for a rejected path, as it was found. */
  String path();

  /**
   * A file within the limit on size. Nobody has looked into it yet: it may be no image at all.
   *
   * @param label name of the class sub-folder, where there is one
   * @param content the whole file; not to be written to
   */
  record ImageFile(String path, Optional<String> label, ByteBuffer content)
      implements SourceEntry {}

  /**
   * A file that was not read.
   *
   * @param message one line for a person, without the path
   * @param start at most the first {@link #REJECTED_START_BYTES} of the content
   * @param sizeBytes size of the whole content, or −1 when it is not known
   * @param sha256 digest of the whole content, if it could be read to its end
   */
  record RejectedFile(
      String path,
      Reason reason,
      String message,
      ByteBuffer start,
      long sizeBytes,
      Optional<ByteBuffer> sha256)
      implements SourceEntry {}

  /** Why a file was rejected. */
  enum Reason {
    /** Its path is absolute, leads out of the source, or is no legal path. */
    PATH,
    /** It is larger than the limit. */
    TOO_LARGE,
    /** It could not be read. */
    UNREADABLE,
    /** It is a link, a device or the like. */
    NO_FILE
  }
}
