package io.viewstream.generators.internal;

import io.viewstream.generators.BatchingSettings;
import io.viewstream.generators.BatchingStatistics;
import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.WaitingClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where callers and the dispatcher meet: callers hand in requests and wait, the dispatcher takes
 * batches and hands back outcomes. Thread-safe; every method takes the one lock, and nothing slow
 * happens under it.
 *
 * <p>Callers watch the engine while they wait: whoever sees a call beyond its deadline fails
 * everything and runs the deadline action. That needs no thread of its own, since a hung call that
 * nobody waits for harms nobody.
 */
public final class BatchExchange {

  private final GeneratorDescription description;
  private final BatchingSettings settings;
  private final WaitingClock clock;
  private final Consumer<DeviceFailedException> deadlineAction;
  private final BatchFailures failures;

  private final ReentrantLock lock = new ReentrantLock();
  // The dispatcher waits on the first, callers and closers on the second.
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();

  // Everything below is guarded by the lock.
  private final BatchQueue queue;
  private final Deque<PendingCall> entrance = new ArrayDeque<>();
  private BatchingStatistics statistics = BatchingStatistics.NONE;
  private boolean engineBusy;
  private boolean engineHung;
  private long engineCallStartNanos;
  private boolean closing;
  private boolean dispatcherEnded;
  private @Nullable DeviceFailedException deviceFailure;

  /** An exchange without calls. */
  public BatchExchange(
      GeneratorDescription description,
      BatchingSettings settings,
      WaitingClock clock,
      Consumer<DeviceFailedException> deadlineAction) {
    this.description = description;
    this.settings = settings;
    this.clock = clock;
    this.deadlineAction = deadlineAction;
    this.failures = new BatchFailures(description);
    this.queue =
        new BatchQueue(
            description.bestBatchSize(),
            description.outputSize().mostSourcePixels(),
            settings.queueCapacity(),
            settings.callers(),
            settings.linger().toNanos());
  }

  /** What was done so far. */
  public BatchingStatistics statistics() {
    lock.lock();
    try {
      return statistics;
    } finally {
      lock.unlock();
    }
  }

  /** Hands in requests and waits for all their outcomes. */
  public List<GenerationOutcome> submit(List<GenerationRequest> requests) {
    PendingCall call = new PendingCall(requests);
    lock.lock();
    try {
      if (closing) {
        throw failures.closed();
      }
      enter(call);
      while (call.isOpen()) {
        awaitProgress(Long.MAX_VALUE);
      }
      return call.outcomes();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.interrupted(call.size(), e);
    } finally {
      call.leave();
      queue.remove(call);
      progress.signalAll();
      lock.unlock();
    }
  }

  /** Waits for its turn and for room in the queue. */
  private void enter(PendingCall call) throws InterruptedException {
    entrance.add(call);
    try {
      while (deviceFailure == null && !(entrance.getFirst() == call && queue.hasRoomFor(call))) {
        if (closing) {
          throw failures.closedAtEntrance(call.size());
        }
        awaitProgress(Long.MAX_VALUE);
      }
    } finally {
      entrance.remove(call);
    }
    if (deviceFailure != null) {
      throw new DeviceFailedException(deviceFailure.getMessage(), deviceFailure);
    }
    queue.add(call, clock.nanoTime());
    statistics = statistics.plusImages(call.size());
    work.signal();
    progress.signalAll();
  }

  /** Waits until something happened, at most for the given time; meanwhile watches the engine. */
  private void awaitProgress(long nanos) throws InterruptedException {
    if (!engineBusy || engineHung) {
      clock.await(progress, nanos);
      return;
    }
    Duration deadline = description.callDeadline();
    long leftNanos = deadline.toNanos() - (clock.nanoTime() - engineCallStartNanos);
    if (leftNanos > 0) {
      clock.await(progress, Math.min(nanos, leftNanos));
      return;
    }
    engineHung = true;
    DeviceFailedException failure = failures.hung();
    failDevice(failure);
    lock.unlock();
    try {
      deadlineAction.accept(failure);
    } finally {
      lock.lock();
    }
  }

  /**
   * The next batch for the engine, waiting for it as long as it takes.
   *
   * @return empty when there will be no more
   */
  public List<PendingCall.Image> awaitBatch() throws InterruptedException {
    lock.lock();
    try {
      while (deviceFailure == null) {
        long waitNanos = closing ? 0 : queue.nanosUntilBatch(clock.nanoTime());
        if (waitNanos == 0) {
          List<PendingCall.Image> batch = queue.takeBatch();
          progress.signalAll();
          return batch;
        }
        clock.await(work, waitNanos);
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** Whether anybody still waits for this image. */
  public boolean isWanted(PendingCall.Image image) {
    lock.lock();
    try {
      return image.call().isOpen();
    } finally {
      lock.unlock();
    }
  }

  /** An engine call begins now; its deadline runs. */
  public void beginEngineCall() {
    locked(
        () -> {
          engineBusy = true;
          engineCallStartNanos = clock.nanoTime();
          progress.signalAll();
        });
  }

  /**
   * The engine call has ended; its outcomes go to their callers.
   *
   * @param images of the call
   * @param outcomes one per image, or none when the call failed
   */
  public void endEngineCall(List<PendingCall.Image> images, List<GenerationOutcome> outcomes) {
    locked(
        () -> {
          engineBusy = false;
          int dropped = 0;
          for (int i = 0; i < outcomes.size(); i++) {
            PendingCall call = images.get(i).call();
            dropped += images.get(i).resolve(outcomes.get(i)) ? 0 : 1;
            if (!call.isOpen()) {
              queue.remove(call);
            }
          }
          long engineNanos = clock.nanoTime() - engineCallStartNanos;
          statistics = statistics.plusEngineCall(outcomes.size(), dropped, engineNanos);
          progress.signalAll();
        });
  }

  /** Fails the call of one image; its other images are no longer wanted. */
  public void fail(PendingCall.Image image, RuntimeException failure) {
    locked(
        () -> {
          image.call().fail(failure);
          queue.remove(image.call());
          progress.signalAll();
        });
  }

  /** Fails all calls, present and future. The first failure stays. */
  public void failDevice(DeviceFailedException failure) {
    locked(
        () -> {
          if (deviceFailure == null) {
            deviceFailure = failure;
          }
          endAllCalls(() -> new DeviceFailedException(failure.getMessage(), failure));
        });
  }

  /** The dispatcher takes no more batches and has released the engine. */
  public void dispatcherEnded() {
    locked(
        () -> {
          dispatcherEnded = true;
          progress.signalAll();
        });
  }

  /**
   * Takes no further calls and waits for the dispatcher's end: until the drain deadline for queued
   * calls to finish, then, with these abandoned, for the rest of the call in the engine. An
   * interrupt abandons them at once and ends the wait.
   *
   * @throws DeviceFailedException the engine did not come back
   */
  public void close() {
    lock.lock();
    try {
      closing = true;
      work.signal();
      progress.signalAll();
      awaitDispatcherEnd(settings.drainDeadline());
      abandonAllCalls();
      awaitDispatcherEnd(description.callDeadline());
      if (!dispatcherEnded) {
        throw failures.notClosed();
      }
    } catch (InterruptedException e) {
      abandonAllCalls();
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void awaitDispatcherEnd(Duration limit) throws InterruptedException {
    long startNanos = clock.nanoTime();
    long leftNanos = limit.toNanos();
    while (!dispatcherEnded && !engineHung && leftNanos > 0) {
      awaitProgress(leftNanos);
      leftNanos = limit.toNanos() - (clock.nanoTime() - startNanos);
    }
  }

  private void abandonAllCalls() {
    endAllCalls(() -> failures.notDrained(settings.drainDeadline()));
  }

  private void endAllCalls(Supplier<RuntimeException> failure) {
    for (PendingCall call : queue.openCalls()) {
      call.fail(failure.get());
      queue.remove(call);
    }
    work.signal();
    progress.signalAll();
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
