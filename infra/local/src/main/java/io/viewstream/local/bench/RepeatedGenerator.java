package io.viewstream.local.bench;

import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import java.util.List;

/**
 * A generator that calls another one several times for the same batch: a model whose call takes as
 * much longer, on the same engine, for measurements. Its views are the other's. It begins with a
 * single call, for a quick warm-up.
 */
final class RepeatedGenerator implements Generator {

  private final Generator delegate;
  private final int times;
  private volatile boolean warm;

  /**
   * Wraps a generator.
   *
   * @param delegate owned: closed with this
   * @param times at least 1
   */
  RepeatedGenerator(Generator delegate, int times) {
    this.delegate = delegate;
    this.times = times;
  }

  /** From the next call on the other one is called so many times. */
  void warmedUp() {
    warm = true;
  }

  @Override
  public GeneratorDescription description() {
    GeneratorDescription description = delegate.description();
    return description.withCallDeadline(description.callDeadline().multipliedBy(times));
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    List<GenerationOutcome> outcomes = delegate.generate(requests);
    for (int call = 1; warm && call < times; call++) {
      outcomes = delegate.generate(requests);
    }
    return outcomes;
  }

  @Override
  public void close() {
    delegate.close();
  }
}
