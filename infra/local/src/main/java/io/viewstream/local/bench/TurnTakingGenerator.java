package io.viewstream.local.bench;

import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A generator that can be held: a call waits until it is let go, and with it the stage that calls.
 * So a stage stands still with its partitions, connections and compiled code, and costs next to
 * nothing meanwhile.
 */
final class TurnTakingGenerator implements Generator {

  private final Generator delegate;
  private final Duration longestHold;
  private final Lock turn = new ReentrantLock(true);

  /**
   * Wraps a generator, not held.
   *
   * @param delegate owned: closed with this
   * @param longestHold a call may take so much longer
   */
  TurnTakingGenerator(Generator delegate, Duration longestHold) {
    this.delegate = delegate;
    this.longestHold = longestHold;
  }

  /** Holds it for the calling thread, as soon as the call under way has ended. */
  void hold() throws InterruptedException {
    turn.lockInterruptibly();
  }

  /** Lets it go, on the thread that holds it. */
  void letGo() {
    turn.unlock();
  }

  @Override
  public GeneratorDescription description() {
    GeneratorDescription description = delegate.description();
    return description.withCallDeadline(description.callDeadline().plus(longestHold));
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    turn.lock();
    try {
      return delegate.generate(requests);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() {
    delegate.close();
  }
}
