package io.viewstream.local.bench;

import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.PhotometricGenerator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A generator that waits in every call, as a thread waits for a GPU: it leaves the processor to
 * others. Its views are photometric ones.
 */
final class WaitingGenerator implements Generator {

  private final PhotometricGenerator delegate = new PhotometricGenerator();
  private final Duration call;
  private final int batchSize;

  /**
   * A generator for load tests.
   *
   * @param call how long each call takes, whatever the batch
   * @param batchSize its best batch
   */
  WaitingGenerator(Duration call, int batchSize) {
    this.call = call;
    this.batchSize = batchSize;
  }

  @Override
  public GeneratorDescription description() {
    GeneratorDescription description = delegate.description();
    return new GeneratorDescription(
        "waiting",
        "1",
        "Photometric views, each call as long as asked for; for load tests",
        description.outputSize(),
        batchSize,
        description.callDeadline().plus(call),
        description.licence());
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    long end = System.nanoTime() + call.toNanos();
    List<GenerationOutcome> outcomes = delegate.generate(requests);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return outcomes;
  }

  @Override
  public void close() {
    delegate.close();
  }
}
