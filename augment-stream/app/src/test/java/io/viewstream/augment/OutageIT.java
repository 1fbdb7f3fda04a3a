package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.ShutdownSignal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Takes the registry and the broker away while the stage works. {@code -Doutage.seconds=20} makes
 * the registry's outage longer.
 */
@Timeout(300)
class OutageIT {
  private static final long OUTAGE_SECONDS = Long.getLong("outage.seconds", 3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int VIEWS = 2;

  @Test
  void shouldLoseNothingWhenRegistryAndBrokerGoAndComeBack() throws InterruptedException {
    try (KafkaEnvironment kafka = KafkaEnvironment.dedicated()) {
      ConnectionSettings connection = kafka.newTopics(4);
      GenerationSettings settings = GenerationSettings.defaults(connection).with(VIEWS, 1, 2);
      try (SourceTopic source = new SourceTopic(connection);
          ViewReader reader = new ViewReader(connection)) {
        source.images(0, 100);

        PacedGenerator generator = new PacedGenerator(Duration.ofMillis(2));
        try (GenerationService service =
            GenerationService.start(settings, generator, overrun -> {})) {
          Eventually.await("first views", () -> reader.views() > 0);

          kafka.stopRegistry();
          source.images(100, 300);
          // Nobody counts this down: it is the outage.
          assertThat(new CountDownLatch(1).await(OUTAGE_SECONDS, TimeUnit.SECONDS)).isFalse();
          Eventually.await("views without a registry", () -> reader.views() >= 300 * VIEWS);
          kafka.startRegistry();

          source.images(300, 700);
          long before = reader.views();
          Eventually.await("work before the broker goes", () -> reader.views() > before);
          kafka.stopBroker();
          kafka.startBroker();
          source.images(700, 800);
          assertThat(service.awaitCaughtUp(new ShutdownSignal())).isTrue();
        }

        assertThat(new SyntheticViewAudit(connection).all(PATIENCE))
            .isEqualTo(new Findings(800 * VIEWS, 0, 0, 0, 800, 0, 0, 0));
      }
    }
  }
}
