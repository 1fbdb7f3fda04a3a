package io.viewstream.generators.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.generators.GeneratedView;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.imaging.RgbImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchQueueTest {

  private static final int BEST = 4;
  private static final long PIXELS = 1000;
  private static final int CAPACITY = 10;
  private static final int CALLERS = 5;
  private static final long LINGER = 100;

  private final BatchQueue queue = new BatchQueue(BEST, PIXELS, CAPACITY, CALLERS, LINGER);

  @Test
  void shouldHaveNoBatchWhenNothingWaits() {
    assertThat(queue.nanosUntilBatch(7)).isEqualTo(Long.MAX_VALUE);
    assertThat(queue.takeBatch()).isEmpty();
  }

  @Test
  void shouldLingerFromTheArrivalOfTheOldestImage() {
    queue.add(call(1, 1), 10);
    queue.add(call(2, 1), 60);
    assertThat(queue.nanosUntilBatch(60)).isEqualTo(50);
    assertThat(queue.nanosUntilBatch(110)).isZero();
    assertThat(queue.nanosUntilBatch(500)).isZero();
  }

  @Test
  void shouldNotLingerWithAFullBatch() {
    queue.add(call(1, BEST), 10);
    assertThat(queue.nanosUntilBatch(10)).isZero();
  }

  @Test
  void shouldKeepLargeSourcesApart() {
    RgbImage half = RgbImage.filled(25, 20, 0);
    RgbImage huge = RgbImage.filled(40, 30, 0);
    List<GenerationRequest> requests = new ArrayList<>();
    for (RgbImage source : List.of(half, half, huge, half)) {
      requests.add(new GenerationRequest(source, 1));
    }
    queue.add(new PendingCall(requests), 10);

    assertThat(queue.takeBatch()).extracting(PendingCall.Image::index).containsExactly(0, 1);
    assertThat(queue.takeBatch()).extracting(PendingCall.Image::index).containsExactly(2);
    assertThat(queue.takeBatch()).extracting(PendingCall.Image::index).containsExactly(3);
    assertThat(queue.takeBatch()).isEmpty();
  }

  @Test
  void shouldNotLingerWhenAllCallersWait() {
    for (int i = 0; i < CALLERS - 2; i++) {
      queue.add(call(i, 1), 10);
    }
    BatchQueue two = new BatchQueue(BEST, PIXELS, CAPACITY, 2, LINGER);
    two.add(call(1, 1), 10);
    assertThat(two.nanosUntilBatch(10)).isEqualTo(LINGER);
    two.add(call(2, 1), 10);
    assertThat(two.nanosUntilBatch(10)).isZero();
  }

  @Test
  void shouldAdmitACallBeyondItsCapacityOnlyWhenEmpty() {
    PendingCall large = call(1, CAPACITY + 5);
    assertThat(queue.hasRoomFor(large)).isTrue();
    queue.add(call(2, 1), 0);
    assertThat(queue.hasRoomFor(large)).isFalse();
    assertThatThrownBy(() -> queue.add(large, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("1 images wait and 15 come, beyond the capacity of 10");
  }

  /**
   * Random calls, departures, batches and steps of time, in any order; after each event the bounds
   * hold, and at the end every call that stayed has exactly its own outcomes, each made once.
   */
  @Test
  void shouldKeepItsPromisesUnderRandomInterleavings() {
    for (long seed = 0; seed < 2_000; seed++) {
      new Simulation(seed).run();
    }
  }

  private static PendingCall call(long firstSeed, int size) {
    return new PendingCall(
        LongStream.range(0, size)
            .mapToObj(i -> new GenerationRequest(pixel(firstSeed), firstSeed * 1_000 + i))
            .toList());
  }

  private static RgbImage pixel(long number) {
    return RgbImage.filled(1, 1, (int) number);
  }

  private static GenerationOutcome outcomeOf(GenerationRequest request) {
    return new GeneratedView(pixel(request.seed()));
  }

  private static final class Simulation {
    private final long seed;
    private final Random random;
    private final BatchQueue queue = new BatchQueue(BEST, PIXELS, CAPACITY, CALLERS, LINGER);
    private final Map<PendingCall, Long> waiting = new HashMap<>();
    private final Map<PendingCall, Long> finished = new HashMap<>();
    private final Set<PendingCall> departed = new HashSet<>();
    private final Set<Long> made = new HashSet<>();
    private List<PendingCall.Image> inEngine = List.of();
    private long nextCall = 1;
    private long now;

    Simulation(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() {
      for (int event = 0; event < 60; event++) {
        switch (random.nextInt(5)) {
          case 0, 1 -> arrive();
          case 2 -> depart();
          case 3 -> turnEngine();
          default -> now += random.nextInt(80);
        }
        check();
      }
      while (!waiting.isEmpty()) {
        now += LINGER;
        turnEngine();
        check();
      }
      assertThat(queue.size()).as("seed %d", seed).isZero();
      finished.forEach(this::checkOutcomes);
    }

    private void arrive() {
      PendingCall call = call(nextCall, 1 + random.nextInt(6));
      if (waiting.size() < CALLERS && queue.hasRoomFor(call)) {
        queue.add(call, now);
        waiting.put(call, nextCall++);
      }
    }

    private void depart() {
      if (!waiting.isEmpty()) {
        List<PendingCall> candidates = new ArrayList<>(queue.openCalls());
        PendingCall call = candidates.get(random.nextInt(candidates.size()));
        call.leave();
        queue.remove(call);
        waiting.remove(call);
        departed.add(call);
      }
    }

    /** Ends the engine's call and begins the next one if a batch is ready. */
    private void turnEngine() {
      for (PendingCall.Image image : inEngine) {
        boolean wanted = image.resolve(outcomeOf(image.request()));
        assertThat(wanted).as("seed %d", seed).isEqualTo(!departed.contains(image.call()));
        if (wanted && !image.call().isOpen()) {
          queue.remove(image.call());
          finished.put(image.call(), waiting.remove(image.call()));
        }
      }
      inEngine = List.of();
      if (queue.nanosUntilBatch(now) == 0) {
        inEngine = queue.takeBatch();
        for (PendingCall.Image image : inEngine) {
          assertThat(made.add(image.request().seed())).as("made once, seed %d", seed).isTrue();
          assertThat(departed).as("seed %d", seed).doesNotContain(image.call());
        }
      }
    }

    private void check() {
      assertThat(queue.size()).as("seed %d", seed).isBetween(0, CAPACITY);
      assertThat(inEngine.size()).as("seed %d", seed).isBetween(0, BEST);
      assertThat(queue.openCalls())
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(waiting.keySet());
      if (queue.size() > 0) {
        assertThat(queue.nanosUntilBatch(now)).as("seed %d", seed).isBetween(0L, LINGER);
      }
    }

    private void checkOutcomes(PendingCall call, long number) {
      List<GenerationOutcome> expected =
          LongStream.range(0, call.size())
              .mapToObj(i -> outcomeOf(new GenerationRequest(pixel(number), number * 1_000 + i)))
              .toList();
      assertThat(call.outcomes()).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
