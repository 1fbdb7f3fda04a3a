package io.viewstream.schemas.serde;

import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.SourceImage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a pool keeps of a {@link SourceImage}, where it lies in the record's bytes.
 *
 * @param imageId in UTF-8
 * @param label in UTF-8, where one is known
 * @param width in pixels
 * @param height in pixels
 * @param content the encoded image
 * @param sha256 32 bytes
 */
public record SourceImageFields(
    Piece imageId, @Nullable Piece label, int width, int height, Piece content, Piece sha256) {

  private static final int ENCODINGS = ImageEncoding.values().length;

  /** From bytes that were written with this build's schema; in the order of its fields. */
  static SourceImageFields read(ArrayDecoder in) throws IOException {
    Piece imageId = in.readText();
    in.skipString(); // dataset
    in.skipString(); // path
    Piece label = in.readIndexBelow(2) == 0 ? null : in.readText();
    in.readIndexBelow(ENCODINGS);
    int width = in.readInt();
    int height = in.readInt();
    Piece content = in.readPiece();
    Piece sha256 = in.readPiece(DIGEST_BYTES);
    in.readLong(); // ingestedAt
    return new SourceImageFields(imageId, label, width, height, content, sha256);
  }

  static final int DIGEST_BYTES = 32;

  /** From a record that was written with another version of the schema. */
  static SourceImageFields of(SourceImage image) {
    String label = image.getLabel();
    return new SourceImageFields(
        Piece.ofText(image.getImageId()),
        label == null ? null : Piece.ofText(label),
        image.getWidth(),
        image.getHeight(),
        Piece.of(image.getContent()),
        Piece.of(image.getSha256().bytes()));
  }
}
