package io.viewstream.local.bench;

import io.viewstream.augment.ViewEncoding;
import io.viewstream.generators.GeneratedView;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The least that a generation stage must do, on one thread and without Kafka, seeds, checks or
 * transactions: decode, generate in full batches, encode.
 */
final class BareGeneration {

  private final Generator generator;
  private final int viewsPerImage;
  private final ViewEncoding encoding;
  private final ImageDecoder decoder = new ImageDecoder();
  private long encodedBytes;

  /** A loop around a generator, borrowed. */
  BareGeneration(Generator generator, int viewsPerImage) {
    this.generator = generator;
    this.viewsPerImage = viewsPerImage;
    this.encoding = ViewEncoding.defaultFor(generator.description().outputSize());
  }

  /** Goes through the images again and again, until the time or the number of images is up. */
  Measurement run(List<ByteBuffer> images, double seconds, long mostImages)
      throws InvalidImageException, InterruptedException {
    int batchSize = generator.description().bestBatchSize();
    List<GenerationRequest> waiting = new ArrayList<>();
    long views = 0;
    long taken = 0;
    encodedBytes = 0;
    Stopwatch watch = new Stopwatch();
    while (watch.seconds() < seconds && taken < mostImages) {
      BenchStop.check();
      RgbImage source = decoder.decode(images.get((int) (taken++ % images.size())));
      for (int view = 0; view < viewsPerImage; view++) {
        waiting.add(new GenerationRequest(source, taken * viewsPerImage + view));
      }
      while (waiting.size() >= batchSize) {
        List<GenerationRequest> batch = waiting.subList(0, batchSize);
        views += encode(generator.generate(List.copyOf(batch)));
        batch.clear();
      }
    }
    if (!waiting.isEmpty()) {
      views += encode(generator.generate(waiting));
    }
    return watch.measured("bare loop: decode, generate, encode", "views", views, encodedBytes);
  }

  private int encode(List<GenerationOutcome> outcomes) {
    for (GenerationOutcome outcome : outcomes) {
      if (outcome instanceof GeneratedView(RgbImage image)) {
        encodedBytes += encoding.encode(image).length;
      }
    }
    return outcomes.size();
  }
}
