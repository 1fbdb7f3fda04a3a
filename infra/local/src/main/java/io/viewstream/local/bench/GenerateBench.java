package io.viewstream.local.bench;

import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code viewstream bench generate}: decode, generate and encode in one loop on one thread, against
 * the generator alone. What is between the two is the most that anything around the model can gain.
 */
@Command(
    name = "generate",
    description = "Decoding, generating and encoding in a bare loop, against the generator alone.")
final class GenerateBench implements Callable<Integer> {

  private static final int ALONE_IMAGES = 64;

  @Mixin private BenchOptions options = new BenchOptions();
  @Mixin private GeneratorOptions generator = new GeneratorOptions();

  @Override
  public Integer call() throws InvalidImageException, InterruptedException {
    double seconds = options.seconds();
    try (BenchStop stop = BenchStop.install()) {
      run(seconds);
    }
    return 0;
  }

  private void run(double seconds) throws InvalidImageException, InterruptedException {
    List<ByteBuffer> images = options.load();
    try (RepeatedGenerator opened = generator.open()) {
      opened.warmedUp();
      System.err.println("Generating…");
      BareGeneration loop = new BareGeneration(opened, generator.views());
      loop.run(images, seconds / 2, Long.MAX_VALUE);
      Measurement measured = loop.run(images, seconds, Long.MAX_VALUE);
      Measurement alone = alone(opened, images, generator.views(), seconds);
      options.finish(
          new BenchResult(
              "generate",
              measured,
              List.of(alone),
              Map.of(
                  "generator",
                  opened.description().id(),
                  "batchSize",
                  opened.description().bestBatchSize())));
    }
  }

  /** Batches like those of the loop: a generator may read an image once for all of its views. */
  private static Measurement alone(
      Generator generator, List<ByteBuffer> images, int viewsPerImage, double seconds)
      throws InvalidImageException, InterruptedException {
    List<RgbImage> decoded = new ArrayList<>();
    ImageDecoder decoder = new ImageDecoder();
    for (ByteBuffer image : images.subList(0, Math.min(ALONE_IMAGES, images.size()))) {
      decoded.add(decoder.decode(image));
    }
    int batchSize = generator.description().bestBatchSize();
    long views = 0;
    Stopwatch watch = new Stopwatch();
    while (watch.seconds() < seconds) {
      BenchStop.check();
      List<GenerationRequest> batch = new ArrayList<>(batchSize);
      for (int i = 0; i < batchSize; i++) {
        int image = (int) (views / viewsPerImage % decoded.size());
        batch.add(new GenerationRequest(decoded.get(image), views));
        views++;
      }
      generator.generate(batch);
    }
    return watch.measured("generator alone, same batch", "views", views, 0);
  }
}
