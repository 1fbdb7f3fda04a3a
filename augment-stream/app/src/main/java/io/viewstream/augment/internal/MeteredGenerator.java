package io.viewstream.augment.internal;

import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times each call of a generator and how full its batch was. For the threads its delegate allows.
 */
public final class MeteredGenerator implements Generator {
  private final Generator delegate;
  private final GenerationMetrics metrics;
  private final LongSupplier nanoTime;

  /**
   * Wraps a generator.
   *
   * @param delegate owned: closed with this
   * @param metrics borrowed
   */
  public MeteredGenerator(Generator delegate, GenerationMetrics metrics, LongSupplier nanoTime) {
    this.delegate = delegate;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  @Override
  public GeneratorDescription description() {
    return delegate.description();
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    long startNanos = nanoTime.getAsLong();
    List<GenerationOutcome> outcomes = delegate.generate(requests);
    metrics.called(
        nanoTime.getAsLong() - startNanos, requests.size(), delegate.description().bestBatchSize());
    return outcomes;
  }

  @Override
  public void close() {
    delegate.close();
  }
}
