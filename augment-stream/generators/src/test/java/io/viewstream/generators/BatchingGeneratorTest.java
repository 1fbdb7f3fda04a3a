package io.viewstream.generators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.RgbImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchingGeneratorTest {

  private static final int BEST = 8;
  private static final Duration LINGER = Duration.ofMillis(2);
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock();
  private final List<DeviceFailedException> deadlineActions = new CopyOnWriteArrayList<>();
  private final Semaphore gate = new Semaphore(0);
  private final List<Caller> callers = new ArrayList<>();

  @AfterEach
  void leaveNobodyWaiting() {
    gate.release(1_000);
    for (Caller caller : callers) {
      waitUntil(() -> !caller.thread.isAlive());
    }
  }

  @Test
  void shouldLetABatchGatherUntilTheLingerHasPassed() {
    ScriptedGenerator engine = ScriptedGenerator.create(BEST);
    try (BatchingGenerator batching = start(engine, 3)) {
      Caller first = call(batching, 1, 1);
      Caller second = call(batching, 2, 2);
      waitUntil(() -> batching.statistics().images() == 3);
      assertThat(engine.calls()).isEmpty();

      clock.advance(LINGER);
      first.expectItsOwnViews();
      second.expectItsOwnViews();
      assertThat(engine.calls()).extracting(List::size).containsExactly(3);
    }
    assertThat(engine.closes()).isEqualTo(1);
  }

  @Test
  void shouldNotLingerWhenAllCallersWait() {
    ScriptedGenerator engine = ScriptedGenerator.create(BEST);
    try (BatchingGenerator batching = start(engine, 2)) {
      Caller first = call(batching, 1, 1);
      Caller second = call(batching, 2, 2);
      first.expectItsOwnViews();
      second.expectItsOwnViews();
      assertThat(engine.calls()).extracting(List::size).containsExactly(3);
    }
  }

  @Test
  void shouldSpreadALargeCallOverBatches() {
    ScriptedGenerator engine = ScriptedGenerator.create(BEST);
    try (BatchingGenerator batching = start(engine, 1)) {
      call(batching, 1, 5 * BEST + 3).expectItsOwnViews();
      assertThat(engine.calls()).extracting(List::size).containsExactly(8, 8, 8, 8, 8, 3);
    }
  }

  @Test
  void shouldHoldCallersBackWhenTheQueueIsFull() {
    ScriptedGenerator engine = ScriptedGenerator.create(BEST).withCue(this::waitAtTheGate);
    BatchingSettings settings = new BatchingSettings(4, LINGER, BEST, DRAIN);
    try (BatchingGenerator batching = start(engine, settings)) {
      Caller inEngine = call(batching, 1, BEST);
      waitUntil(() -> engine.calls().size() == 1);
      Caller inQueue = call(batching, 2, BEST);
      waitUntil(() -> batching.statistics().images() == 2 * BEST);
      Caller atEntrance = call(batching, 3, BEST);
      waitUntil(atEntrance::isWaiting);
      assertThat(batching.statistics().images()).isEqualTo(2 * BEST);

      gate.release(3);
      inEngine.expectItsOwnViews();
      inQueue.expectItsOwnViews();
      atEntrance.expectItsOwnViews();
      assertThat(batching.statistics().images()).isEqualTo(3 * BEST);
    }
  }

  @Test
  void shouldRetryEachImageAloneAndFailOnlyItsOwnCaller() {
    ScriptedGenerator engine =
        ScriptedGenerator.create(BEST)
            .withCue(
                (call, requests) -> {
                  if (requests.stream().anyMatch(request -> request.seed() == 2_000)) {
                    throw new GenerationFailedException("scripted");
                  }
                });
    try (BatchingGenerator batching = start(engine, 3)) {
      Caller first = call(batching, 1, 1);
      Caller faulty = call(batching, 2, 1);
      Caller third = call(batching, 3, 1);
      first.expectItsOwnViews();
      third.expectItsOwnViews();
      assertThat(faulty.failure())
          .isInstanceOf(GenerationFailedException.class)
          .hasMessage(
              "Generator scripted 1 failed for image 0 of a call, with others and alone: scripted");
      assertThat(engine.calls()).extracting(List::size).containsExactly(3, 1, 1, 1);
      assertThat(batching.statistics().failedEngineCalls()).isEqualTo(2);

      call(batching, 4, BEST).expectItsOwnViews();
    }
  }

  @Test
  void shouldRetryWhenTheGeneratorLosesOutcomes() {
    Generator engine =
        new Generator() {
          @Override
          public GeneratorDescription description() {
            return ScriptedGenerator.create(BEST).description();
          }

          @Override
          public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
            return requests.size() > 1
                ? List.of()
                : ScriptedGenerator.create(BEST).generate(requests);
          }

          @Override
          public void close() {}
        };
    try (BatchingGenerator batching =
        start(engine, BatchingSettings.forCallers(1, engine.description()))) {
      call(batching, 1, 4).expectItsOwnViews();
    }
  }

  @Test
  void shouldFailAllCallersWhenTheDeviceFails() {
    ScriptedGenerator engine =
        ScriptedGenerator.create(BEST)
            .withCue(
                (call, requests) -> {
                  waitAtTheGate(call, requests);
                  throw new DeviceFailedException("the device is lost");
                });
    BatchingGenerator batching = start(engine, 4);
    Caller inEngine = call(batching, 1, BEST);
    waitUntil(() -> engine.calls().size() == 1);
    Caller inQueue = call(batching, 2, 1);
    waitUntil(() -> batching.statistics().images() == BEST + 1);

    gate.release();
    assertThat(inEngine.failure())
        .isInstanceOf(DeviceFailedException.class)
        .hasMessage("the device is lost");
    assertThat(inQueue.failure()).isInstanceOf(DeviceFailedException.class);
    assertThat(call(batching, 3, 1).failure())
        .isInstanceOf(DeviceFailedException.class)
        .hasMessage("the device is lost");
    batching.close();
    assertThat(engine.calls()).hasSize(1);
    assertThat(engine.closes()).isEqualTo(1);
    assertThat(deadlineActions).isEmpty();
  }

  @Test
  void shouldTakeAnErrorForAFailureOfTheDevice() {
    ScriptedGenerator engine =
        ScriptedGenerator.create(BEST)
            .withCue(
                (call, requests) -> {
                  throw new OutOfMemoryError("scripted");
                });
    BatchingGenerator batching = start(engine, 1);
    assertThat(call(batching, 1, 1).failure())
        .isInstanceOf(DeviceFailedException.class)
        .hasMessageContaining("OutOfMemoryError: scripted");
    batching.close();
    assertThat(engine.closes()).isEqualTo(1);
  }

  @Test
  void shouldRunTheDeadlineActionOnceWhenACallHangs() {
    ScriptedGenerator engine = ScriptedGenerator.create(BEST).withCue(this::waitAtTheGate);
    BatchingGenerator batching = start(engine, 3);
    Caller inEngine = call(batching, 1, BEST);
    waitUntil(() -> engine.calls().size() == 1);
    Caller inQueue = call(batching, 2, 1);
    waitUntil(() -> batching.statistics().images() == BEST + 1);

    clock.advance(Duration.ofMillis(4_999));
    assertThat(deadlineActions).isEmpty();
    clock.advance(Duration.ofMillis(1));
    String message =
        "Generator scripted 1 did not return from a call within its deadline of 5000 ms";
    assertThat(inEngine.failure()).isInstanceOf(DeviceFailedException.class).hasMessage(message);
    assertThat(inQueue.failure()).isInstanceOf(DeviceFailedException.class).hasMessage(message);
    assertThat(call(batching, 3, 1).failure()).hasMessage(message);
    waitUntil(() -> !deadlineActions.isEmpty());
    assertThatThrownBy(batching::close).isInstanceOf(DeviceFailedException.class);
    assertThat(deadlineActions).hasSize(1);
    assertThat(engine.closes()).isZero();

    gate.release();
    waitUntil(() -> engine.closes() == 1);
    assertThat(engine.calls()).hasSize(1);
  }

  @Test
  void shouldDropTheImagesOfAnInterruptedCaller() {
    ScriptedGenerator engine = ScriptedGenerator.create(BEST).withCue(this::waitAtTheGate);
    try (BatchingGenerator batching = start(engine, 3)) {
      Caller inEngine = call(batching, 1, BEST);
      waitUntil(() -> engine.calls().size() == 1);
      Caller inQueue = call(batching, 2, 3);
      waitUntil(() -> batching.statistics().images() == BEST + 3);

      inQueue.thread.interrupt();
      assertThat(inQueue.failure()).isInstanceOf(GenerationAbandonedException.class);
      assertThat(inQueue.interruptedAtEnd).isTrue();
      inEngine.thread.interrupt();
      assertThat(inEngine.failure()).isInstanceOf(GenerationAbandonedException.class);

      gate.release(2);
      call(batching, 3, BEST).expectItsOwnViews();
      assertThat(engine.calls()).hasSize(2);
      assertThat(batching.statistics().droppedOutcomes()).isEqualTo(BEST);
    }
  }

  @Test
  void shouldFinishQueuedCallsBeforeItCloses() {
    ScriptedGenerator engine = ScriptedGenerator.create(BEST).withCue(this::waitAtTheGate);
    BatchingGenerator batching = start(engine, 3);
    Caller inEngine = call(batching, 1, BEST);
    waitUntil(() -> engine.calls().size() == 1);
    Caller inQueue = call(batching, 2, 1);
    waitUntil(() -> batching.statistics().images() == BEST + 1);

    Caller closer = caller(0, List.of(), () -> close(batching));
    waitUntil(closer::isWaiting);
    gate.release(2);
    inEngine.expectItsOwnViews();
    inQueue.expectItsOwnViews();
    closer.expectItsOwnViews();
    batching.close();
    assertThat(engine.closes()).isEqualTo(1);
    assertThatThrownBy(() -> batching.generate(requests(3, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Generator scripted is closed");
  }

  @Test
  void shouldAbandonWhatIsOpenAtTheDrainDeadline() {
    ScriptedGenerator engine =
        ScriptedGenerator.create(BEST)
            .withCallDeadline(Duration.ofDays(1))
            .withCue(this::waitAtTheGate);
    BatchingGenerator batching = start(engine, 3);
    Caller inEngine = call(batching, 1, BEST);
    waitUntil(() -> engine.calls().size() == 1);
    Caller inQueue = call(batching, 2, 1);
    waitUntil(() -> batching.statistics().images() == BEST + 1);
    Caller closer = caller(0, List.of(), () -> close(batching));
    waitUntil(closer::isWaiting);

    waitUntil(
        () -> {
          clock.advance(Duration.ofSeconds(1));
          return inQueue.endsWithin(Duration.ofMillis(5));
        });
    assertThat(inQueue.failure())
        .isInstanceOf(GenerationAbandonedException.class)
        .hasMessage("Generator scripted was closed and its queue did not empty within 10000 ms");
    assertThat(inEngine.failure()).isInstanceOf(GenerationAbandonedException.class);
    gate.release();
    closer.expectItsOwnViews();
    assertThat(engine.calls()).hasSize(1);
    assertThat(engine.closes()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAQueueSmallerThanABatch() {
    BatchingSettings settings = new BatchingSettings(1, LINGER, BEST - 1, DRAIN);
    assertThatThrownBy(() -> start(ScriptedGenerator.create(BEST), settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Queue capacity 7 is below the best batch size 8 of generator scripted; raise it to that");
  }

  /** Eight threads, calls of random size, images that fail in company or always: own views only. */
  @Test
  void shouldGiveEveryCallerItsOwnViewsUnderLoad() {
    ScriptedGenerator engine =
        ScriptedGenerator.create(BEST)
            .withCue(
                (call, requests) -> {
                  boolean company = requests.size() > 1;
                  for (GenerationRequest request : requests) {
                    if (request.seed() % 61 == 0 || (company && request.seed() % 29 == 0)) {
                      throw new GenerationFailedException("scripted");
                    }
                  }
                });
    BatchingSettings settings = new BatchingSettings(8, Duration.ofNanos(50_000), 16, DRAIN);
    try (BatchingGenerator batching =
        BatchingGenerator.start(engine, settings, WaitingClock.SYSTEM, deadlineActions::add)) {
      for (int thread = 0; thread < 8; thread++) {
        Random random = new Random(thread);
        int firstCall = thread * 100;
        caller(
            0,
            List.of(),
            () -> {
              for (int i = 1; i <= 100; i++) {
                checkOneCall(batching, requests(firstCall + i, 1 + random.nextInt(20)));
              }
              return List.of();
            });
      }
      callers.forEach(Caller::expectItsOwnViews);
      BatchingStatistics statistics = batching.statistics();
      assertThat(statistics.images()).isGreaterThan(6_000);
      assertThat(statistics.failedEngineCalls()).isPositive();
    }
    assertThat(engine.calls()).allSatisfy(batch -> assertThat(batch).hasSizeBetween(1, BEST));
    assertThat(deadlineActions).isEmpty();
  }

  private static void checkOneCall(Generator batching, List<GenerationRequest> requests) {
    boolean faulty = requests.stream().anyMatch(request -> request.seed() % 61 == 0);
    try {
      assertThat(batching.generate(requests)).isEqualTo(viewsOf(requests));
      assertThat(faulty).isFalse();
    } catch (GenerationFailedException e) {
      assertThat(faulty).isTrue();
    }
  }

  private BatchingGenerator start(ScriptedGenerator engine, int callers) {
    return start(engine, new BatchingSettings(callers, LINGER, 4 * BEST, DRAIN));
  }

  private BatchingGenerator start(Generator engine, BatchingSettings settings) {
    return BatchingGenerator.start(engine, settings, clock, deadlineActions::add);
  }

  private void waitAtTheGate(int call, List<GenerationRequest> requests) {
    gate.acquireUninterruptibly();
  }

  private Caller call(Generator batching, int number, int images) {
    List<GenerationRequest> requests = requests(number, images);
    return caller(number, viewsOf(requests), () -> batching.generate(requests));
  }

  private Caller caller(int number, List<GenerationOutcome> expected, Work work) {
    Caller caller = new Caller(number, expected, work);
    callers.add(caller);
    caller.thread.start();
    return caller;
  }

  private static List<GenerationOutcome> close(BatchingGenerator batching) {
    batching.close();
    return List.of();
  }

  private static List<GenerationRequest> requests(int number, int images) {
    return LongStream.range(0, images)
        .mapToObj(
            i ->
                new GenerationRequest(
                    RgbImage.filled(4, 1, 0x010203 * number), number * 1_000L + i))
        .toList();
  }

  private static List<GenerationOutcome> viewsOf(List<GenerationRequest> requests) {
    return requests.stream()
        .<GenerationOutcome>map(request -> new GeneratedView(ScriptedGenerator.viewOf(request)))
        .toList();
  }

  private static void waitUntil(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20)) {
        throw new AssertionError("Waited 20 s in vain");
      }
      Thread.onSpinWait();
    }
  }

  private interface Work {
    List<GenerationOutcome> run();
  }

  /** One thread that calls once and keeps what came of it. */
  private static final class Caller {
    private final List<GenerationOutcome> expected;
    private final FutureTask<List<GenerationOutcome>> task;
    private final Thread thread;
    private volatile boolean interruptedAtEnd;

    Caller(int number, List<GenerationOutcome> expected, Work work) {
      this.expected = expected;
      this.task =
          new FutureTask<>(
              () -> {
                try {
                  return work.run();
                } finally {
                  interruptedAtEnd = Thread.currentThread().isInterrupted();
                }
              });
      this.thread = Thread.ofPlatform().name("caller-" + number).daemon().unstarted(task);
    }

    boolean isWaiting() {
      return thread.getState() == Thread.State.TIMED_WAITING
          || thread.getState() == Thread.State.WAITING;
    }

    boolean endsWithin(Duration duration) {
      try {
        return thread.join(duration);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void expectItsOwnViews() {
      try {
        assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(expected);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new AssertionError(e);
      }
    }

    Throwable failure() {
      try {
        throw new AssertionError("No failure but " + task.get(20, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        return e.getCause();
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError(e);
      }
    }
  }
}
