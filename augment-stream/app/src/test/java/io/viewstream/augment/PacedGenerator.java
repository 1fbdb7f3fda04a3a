package io.viewstream.augment;

import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.PhotometricGenerator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The photometric generator, as slow as a learned one: so that tests meet it at work. */
final class PacedGenerator implements Generator {
  private final PhotometricGenerator delegate = new PhotometricGenerator();
  private final long nanosPerView;

  PacedGenerator(Duration timePerView) {
    this.nanosPerView = timePerView.toNanos();
  }

  @Override
  public GeneratorDescription description() {
    return delegate.description();
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    long end = System.nanoTime() + nanosPerView * requests.size();
    List<GenerationOutcome> outcomes = delegate.generate(requests);
    while (end - System.nanoTime() > 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    return outcomes;
  }

  @Override
  public void close() {
    delegate.close();
  }
}
