package io.viewstream.local.inspect;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.Sha256;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.SyntheticView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;

/** Valid records of images that a test can tell apart by their colour. */
public final class SampleRecords {

  private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAA";

  private SampleRecords() {}

  /** A record of an image. */
  public static SourceImage source(String imageId, String label, RgbImage image) {
    return source(imageId, label, image, ImageEncoder.png(image));
  }

  /** A record of an image whose bytes may be anything. */
  public static SourceImage source(String imageId, String label, RgbImage image, byte[] content) {
    int slash = imageId.indexOf('/');
    return SourceImage.newBuilder()
        .setImageId(imageId)
        .setDataset(imageId.substring(0, slash))
        .setPath(imageId.substring(slash + 1))
        .setLabel(label)
        .setEncoding(ImageEncoding.PNG)
        .setWidth(image.width())
        .setHeight(image.height())
        .setContent(ByteBuffer.wrap(content))
        .setSha256(sha256(content))
        .setIngestedAt(Instant.EPOCH)
        .build();
  }

  /** A view of a source image. */
  public static SyntheticView view(SourceImage source, String run, int index, RgbImage image) {
    return SyntheticView.newBuilder()
        .setImageId(source.getImageId())
        .setSource(new SourceRecord("source-images", TOPIC_ID, 0, 0L))
        .setSourceSha256(source.getSha256())
        .setRun(run)
        .setGeneratorId("test")
        .setGeneratorVersion("1")
        .setViewIndex(index)
        .setAttempt(0)
        .setSeed(index)
        .setEncoding(ImageEncoding.PNG)
        .setWidth(image.width())
        .setHeight(image.height())
        .setContent(ByteBuffer.wrap(ImageEncoder.png(image)))
        .setGeneratedAt(Instant.EPOCH)
        .setGenerationMicros(1L)
        .build();
  }

  private static Sha256 sha256(byte[] content) {
    try {
      return new Sha256(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A round thing of a colour on a ground of another. */
  public static RgbImage disc(int side, int rgb, int ground) {
    RgbImage image = RgbImage.filled(side, side, ground);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double dx = x - side / 2.0;
        double dy = y - side / 2.0;
        if (dx * dx + dy * dy < side * side / 9.0) {
          int i = (y * side + x) * RgbImage.CHANNELS;
          image.pixels()[i] = (byte) (rgb >> 16);
          image.pixels()[i + 1] = (byte) (rgb >> 8);
          image.pixels()[i + 2] = (byte) rgb;
        }
      }
    }
    return image;
  }

  /** The UTF-8 bytes of a key. */
  public static byte[] key(String imageId) {
    return imageId.getBytes(StandardCharsets.UTF_8);
  }
}
