package io.viewstream.benchmarks;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The images that benchmarks work on: those of {@code -Dimages=PATH}, else sums of waves and noise,
 * whose JPEGs are about as large as those of photographs.
 */
final class SamplePhotos {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final int DRAWN = 8;
  private static final int QUALITY = 85;

  private SamplePhotos() {}

  /** Encoded images outside the heap, as the local pool has them. */
  static List<ByteBuffer> load() throws IOException {
    String location = System.getProperty("images");
    List<ByteBuffer> contents = new ArrayList<>();
    if (location == null) {
      for (int i = 0; i < DRAWN; i++) {
        contents.add(direct(ByteBuffer.wrap(ImageEncoder.jpeg(draw(i), QUALITY))));
      }
      return contents;
    }
    try (SourceReader reader = ImageSource.of(location, SourceOptions.DEFAULT).open()) {
      for (Optional<SourceEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (next.get() instanceof SourceEntry.ImageFile file) {
          contents.add(direct(file.content()));
        }
      }
    }
    return contents;
  }

  private static ByteBuffer direct(ByteBuffer content) {
    return ByteBuffer.allocateDirect(content.remaining()).put(content.duplicate()).flip();
  }

  private static RgbImage draw(long seed) {
    Random random = new Random(seed);
    double[] waves = random.doubles(12, 0.01, 0.3).toArray();
    byte[] pixels = new byte[WIDTH * HEIGHT * RgbImage.CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      int channel = i % RgbImage.CHANNELS;
      int x = i / RgbImage.CHANNELS % WIDTH;
      int y = i / RgbImage.CHANNELS / WIDTH;
      double level =
          128
              + 50 * Math.sin(x * waves[channel] + y * waves[channel + 3])
              + 40 * Math.sin(x * waves[channel + 6] - y * waves[channel + 9])
              + 8 * random.nextGaussian();
      pixels[i] = (byte) Math.clamp(Math.round(level), 0, 255);
    }
    return new RgbImage(WIDTH, HEIGHT, pixels);
  }
}
