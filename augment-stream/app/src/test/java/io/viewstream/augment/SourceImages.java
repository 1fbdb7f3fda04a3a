package io.viewstream.augment;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.SourceImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;

/** Source images for tests: small PNGs whose pixels follow from a seed. */
public final class SourceImages {
  /** Width and height in pixels. */
  public static final int SIDE = 16;

  private SourceImages() {}

  /** Id of the image with a number. */
  public static String id(int number) {
    return "test/image-%05d.png".formatted(number);
  }

  /** Key of the image with a number. */
  public static byte[] key(int number) {
    return id(number).getBytes(StandardCharsets.UTF_8);
  }

  /** An image under a number, with pixels by a seed. */
  public static SourceImage image(int number, long seed) {
    byte[] pixels = new byte[SIDE * SIDE * RgbImage.CHANNELS];
    new Random(seed).nextBytes(pixels);
    return ofContent(number, ImageEncoder.png(new RgbImage(SIDE, SIDE, pixels)));
  }

  /** A record under a number that says of the content what is true, whatever it is. */
  public static SourceImage ofContent(int number, byte[] content) {
    return SourceImage.newBuilder()
        .setImageId(id(number))
        .setDataset("test")
        .setPath("image-%05d.png".formatted(number))
        .setLabel(null)
        .setEncoding(ImageEncoding.PNG)
        .setWidth(SIDE)
        .setHeight(SIDE)
        .setContent(ByteBuffer.wrap(content))
        .setSha256(ContentDigest.of(ByteBuffer.wrap(content)))
        .setIngestedAt(Instant.ofEpochMilli(1_700_000_000_000L))
        .build();
  }
}
