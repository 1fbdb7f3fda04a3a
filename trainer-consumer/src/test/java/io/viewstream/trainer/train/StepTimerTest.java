package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StepTimerTest {

  private final AtomicLong clock = new AtomicLong(17);
  private final StepTimer timer = new StepTimer(clock::get);

  @Test
  void shouldAddEveryMomentToOnePart() {
    clock.addAndGet(5);
    timer.enter(StepPart.FEED);
    clock.addAndGet(10);
    timer.enter(StepPart.ENGINE);
    clock.addAndGet(60);
    timer.enter(StepPart.FEED);
    clock.addAndGet(20);
    timer.enter(StepPart.BOOKKEEPING);
    clock.addAndGet(5);

    StepTimes times = timer.times();
    assertThat(times.of(StepPart.FEED)).isEqualTo(Duration.ofNanos(30));
    assertThat(times.of(StepPart.ENGINE)).isEqualTo(Duration.ofNanos(60));
    assertThat(times.of(StepPart.BOOKKEEPING)).isEqualTo(Duration.ofNanos(10));
    assertThat(times.of(StepPart.COPY)).isZero();
    assertThat(times.total()).isEqualTo(Duration.ofNanos(100));
    assertThat(times.fractionOutsideEngine()).isEqualTo(0.4);
  }

  @Test
  void shouldReportSecondsOfEachPart() {
    StepTimes times =
        new StepTimes(
            Map.of(
                StepPart.ENGINE, Duration.ofMillis(1500), StepPart.COPY, Duration.ofMillis(500)));
    assertThat(times.toReport())
        .containsEntry("engineSeconds", 1.5)
        .containsEntry("copySeconds", 0.5)
        .containsEntry("feedSeconds", 0.0)
        .containsEntry("fractionOutsideEngine", 0.25);
    assertThat(new StepTimes(Map.of()).fractionOutsideEngine()).isZero();
  }
}
