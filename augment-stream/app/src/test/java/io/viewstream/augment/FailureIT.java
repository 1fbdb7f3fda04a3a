package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.PhotometricGenerator;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that fails, and one that hangs. */
@Timeout(120)
class FailureIT {
  private static final int IMAGES = 60;
  private static final int VIEWS = 2;

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(2);
  private final GenerationSettings settings =
      GenerationSettings.defaults(connection).with(VIEWS, 1, 2);

  /** Does something before each batch of the photometric generator. */
  private record Tampered(Runnable beforeBatch) implements Generator {
    private static final PhotometricGenerator PHOTOMETRIC = new PhotometricGenerator();

    @Override
    public GeneratorDescription description() {
      return PHOTOMETRIC.description().withCallDeadline(Duration.ofMillis(500));
    }

    @Override
    public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
      beforeBatch.run();
      return PHOTOMETRIC.generate(requests);
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldStopWithoutDeadLettersWhenTheDeviceFails() throws InterruptedException {
    try (SourceTopic source = new SourceTopic(connection)) {
      source.images(0, IMAGES);
    }
    CountDownLatch batches = new CountDownLatch(10);
    Runnable fail =
        () -> {
          batches.countDown();
          if (batches.getCount() == 0) {
            throw new DeviceFailedException("device lost");
          }
        };
    try (GenerationService service =
        GenerationService.start(settings, new Tampered(fail), overrun -> {})) {
      assertThatThrownBy(() -> service.awaitCaughtUp(new ShutdownSignal()))
          .isInstanceOf(CommandException.class)
          .hasMessageEndingWith("check the device and start it again: device lost");
    }
    // What was committed before is whole, and the rest is there to be done by the next instance.
    Findings findings = new SyntheticViewAudit(connection).all(Duration.ofSeconds(30));
    assertThat(findings.sound()).isTrue();
    assertThat(findings.deadLetters()).isZero();
    assertThat(findings.recordsWithViews()).isLessThan(IMAGES);
  }

  @Test
  void shouldReportACallThatHangs() throws InterruptedException {
    try (SourceTopic source = new SourceTopic(connection)) {
      source.images(0, IMAGES);
    }
    CountDownLatch released = new CountDownLatch(1);
    AtomicReference<@Nullable DeviceFailedException> overrun = new AtomicReference<>();
    Runnable hang =
        () -> {
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (GenerationService service =
        GenerationService.start(settings, new Tampered(hang), overrun::set)) {
      Eventually.await("the deadline", () -> overrun.get() != null);
      released.countDown();
      assertThatThrownBy(() -> service.awaitStop(new ShutdownSignal()))
          .isInstanceOf(CommandException.class);
    }
    assertThat(overrun.get()).hasMessageContaining("deadline of 500 ms");
    assertThat(new SyntheticViewAudit(connection).all(Duration.ofSeconds(30)).deadLetters())
        .isZero();
  }
}
