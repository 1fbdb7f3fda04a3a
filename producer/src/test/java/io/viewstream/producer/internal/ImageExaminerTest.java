package io.viewstream.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.Stage;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ImageExaminerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final byte[] JPEG = ImageEncoder.jpeg(RgbImage.filled(64, 48, 0x336699), 90);

  private static ImageExaminer examiner(OptionalInt maxSide, int maxImageBytes) {
    return new ImageExaminer("set", maxSide, maxImageBytes, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static SourceEntry file(byte[] content) {
    return new SourceEntry.ImageFile("cat/1.jpg", Optional.of("cat"), ByteBuffer.wrap(content));
  }

  private static SourceImage accepted(Examined examined) {
    return ((Examined.Accepted) examined).image();
  }

  private static DeadLetter rejected(Examined examined) {
    return ((Examined.Rejected) examined).deadLetter();
  }

  @Test
  void shouldDescribeAnImageAsItIs() {
    SourceImage image = accepted(examiner(OptionalInt.empty(), 10_000).examine(file(JPEG)));
    assertThat(image)
        .isEqualTo(
            SourceImage.newBuilder()
                .setImageId("set/cat/1.jpg")
                .setDataset("set")
                .setPath("cat/1.jpg")
                .setLabel("cat")
                .setEncoding(ImageEncoding.JPEG)
                .setWidth(64)
                .setHeight(48)
                .setContent(ByteBuffer.wrap(JPEG))
                .setSha256(ContentDigest.of(ByteBuffer.wrap(JPEG)))
                .setIngestedAt(NOW)
                .build());
  }

  @Test
  void shouldShrinkWhatIsLongerThanAsked() throws InvalidImageException {
    SourceImage image = accepted(examiner(OptionalInt.of(32), 10_000).examine(file(JPEG)));
    assertThat(image.getWidth()).isEqualTo(32);
    assertThat(image.getHeight()).isEqualTo(24);
    assertThat(ImageHeader.readComplete(image.getContent()).width()).isEqualTo(32);
    assertThat(image.getSha256()).isEqualTo(ContentDigest.of(image.getContent()));
    int rgb = new ImageDecoder().decode(image.getContent()).rgb(5, 5);
    assertThat(Math.abs((rgb >> 8 & 0xff) - 0x66)).isLessThan(4);
    assertThat(accepted(examiner(OptionalInt.of(64), 10_000).examine(file(JPEG))).getContent())
        .isEqualTo(ByteBuffer.wrap(JPEG));
  }

  @Test
  void shouldKeepAPngAPngWhenShrinking() {
    byte[] png = ImageEncoder.png(RgbImage.filled(64, 48, 0x336699));
    SourceImage image = accepted(examiner(OptionalInt.of(16), 10_000).examine(file(png)));
    assertThat(image.getEncoding()).isEqualTo(ImageEncoding.PNG);
    assertThat(image.getHeight()).isEqualTo(12);
  }

  @Test
  void shouldRejectATruncatedImageWithItsReasonAndStart() {
    byte[] cut = Arrays.copyOf(JPEG, JPEG.length - 20);
    DeadLetter letter = rejected(examiner(OptionalInt.empty(), 10_000).examine(file(cut)));
    assertThat(letter.getImageId()).isEqualTo("set/cat/1.jpg");
    assertThat(letter.getPath()).isEqualTo("cat/1.jpg");
    assertThat(letter.getStage()).isEqualTo(Stage.INGEST);
    assertThat(letter.getCategory()).isEqualTo(ErrorCategory.INPUT);
    assertThat(letter.getMessage()).startsWith("truncated JPEG: 64×48 pixels by its header");
    assertThat(letter.getContent()).isEqualTo(ByteBuffer.wrap(cut));
    assertThat(letter.getContentSizeBytes()).isEqualTo(cut.length);
    assertThat(letter.getSha256()).isEqualTo(ContentDigest.of(ByteBuffer.wrap(cut)));
    assertThat(letter.getOccurredAt()).isEqualTo(NOW);
    assertThat(letter.getOrigin()).isNull();
  }

  @Test
  void shouldKeepNoMoreThan64KibOfWhatItRejects() {
    byte[] noImage = new byte[200_000];
    DeadLetter letter = rejected(examiner(OptionalInt.empty(), 300_000).examine(file(noImage)));
    assertThat(letter.getContent().remaining()).isEqualTo(64 * 1024);
    assertThat(letter.getContentSizeBytes()).isEqualTo(200_000);
    assertThat(letter.getSha256()).isEqualTo(ContentDigest.of(ByteBuffer.wrap(noImage)));
  }

  @Test
  void shouldRejectWhatIsTooLargeEvenAfterShrinking() {
    DeadLetter letter = rejected(examiner(OptionalInt.of(32), 100).examine(file(JPEG)));
    assertThat(letter.getCategory()).isEqualTo(ErrorCategory.RESOURCE);
    assertThat(letter.getMessage())
        .matches("\\d+ bytes after shrinking to 32×24 pixels; the limit on an image's size is 100");
  }

  @Test
  void shouldGiveNoImageIdToAPathThatIsNone() {
    DeadLetter letter =
        rejected(
            examiner(OptionalInt.empty(), 100)
                .examine(
                    new SourceEntry.RejectedFile(
                        "../a.jpg",
                        SourceEntry.Reason.PATH,
                        "leads out",
                        ByteBuffer.allocate(0),
                        -1,
                        Optional.empty())));
    assertThat(letter.getImageId()).isNull();
    assertThat(letter.getPath()).isEqualTo("../a.jpg");
    assertThat(letter.getSha256()).isNull();
    assertThat(letter.getContentSizeBytes()).isEqualTo(-1);
  }
}
