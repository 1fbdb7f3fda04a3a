package io.viewstream.schemas.serde;

import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.SyntheticView;
import java.io.IOException;

/**
 * What a pool keeps of a {@link SyntheticView}, where it lies in the record's bytes.
 *
 * @param imageId in UTF-8
 * @param sourcePartition partition of the source record
 * @param sourceOffset offset of the source record
 * @param sourceSha256 32 bytes
 * @param run in UTF-8
 * @param viewIndex index in the run
 * @param width in pixels
 * @param height in pixels
 * @param content the encoded view
 */
public record SyntheticViewFields(
    Piece imageId,
    int sourcePartition,
    long sourceOffset,
    Piece sourceSha256,
    Piece run,
    int viewIndex,
    int width,
    int height,
    Piece content) {

  private static final int ENCODINGS = ImageEncoding.values().length;

  /** From bytes that were written with this build's schema; in the order of its fields. */
  static SyntheticViewFields read(ArrayDecoder in) throws IOException {
    Piece imageId = in.readText();
    in.skipString(); // topic
    in.skipString(); // topicId
    int sourcePartition = in.readInt();
    long sourceOffset = in.readLong();
    Piece sourceSha256 = in.readPiece(SourceImageFields.DIGEST_BYTES);
    Piece run = in.readText();
    in.skipString(); // generatorId
    in.skipString(); // generatorVersion
    int viewIndex = in.readInt();
    in.readInt(); // attempt
    in.readLong(); // seed
    in.readIndexBelow(ENCODINGS);
    int width = in.readInt();
    int height = in.readInt();
    Piece content = in.readPiece();
    in.readLong(); // generatedAt
    in.readLong(); // generationMicros
    return new SyntheticViewFields(
        imageId,
        sourcePartition,
        sourceOffset,
        sourceSha256,
        run,
        viewIndex,
        width,
        height,
        content);
  }

  /** From a record that was written with another version of the schema. */
  static SyntheticViewFields of(SyntheticView view) {
    return new SyntheticViewFields(
        Piece.ofText(view.getImageId()),
        view.getSource().getPartition(),
        view.getSource().getOffset(),
        Piece.of(view.getSourceSha256().bytes()),
        Piece.ofText(view.getRun()),
        view.getViewIndex(),
        view.getWidth(),
        view.getHeight(),
        Piece.of(view.getContent()));
  }
}
