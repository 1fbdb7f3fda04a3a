package io.viewstream.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ImageEncoding;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ThumbnailTest {

  private static byte[] png(int width, int height) {
    return ImageEncoder.png(new RgbImage(width, height, new byte[3 * width * height]));
  }

  @Test
  void shouldShrinkLargeImagesAlone() throws InvalidImageException {
    byte[] small = png(256, 100);
    assertThat(Thumbnail.of(ByteBuffer.wrap(small), ImageEncoding.PNG).content()).isEqualTo(small);
    Thumbnail shrunk = Thumbnail.of(ByteBuffer.wrap(png(300, 1024)), ImageEncoding.PNG);
    assertThat(shrunk.encoding()).isEqualTo(ImageEncoding.JPEG);
    assertThat(ImageHeader.read(shrunk.content()).height()).isEqualTo(256);
    assertThat(ImageHeader.read(shrunk.content()).width()).isEqualTo(75);
  }

  @Test
  void shouldKeepWhatIsNoImage() {
    byte[] text = {'n', 'o'};
    assertThat(Thumbnail.of(ByteBuffer.wrap(text), ImageEncoding.JPEG).content()).isEqualTo(text);
  }
}
