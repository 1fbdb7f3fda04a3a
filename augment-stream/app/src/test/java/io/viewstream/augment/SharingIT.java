package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.ShutdownSignal;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two instances of one run. */
@Timeout(180)
class SharingIT {
  private static final int PARTITIONS = 4;
  private static final int VIEWS = 2;

  private static GenerationService start(GenerationSettings settings) {
    return GenerationService.start(
        settings, new PacedGenerator(Duration.ofMillis(1)), overrun -> {});
  }

  @Test
  void shouldShareTheWorkAndTakeOverWithin15Seconds() throws InterruptedException {
    ConnectionSettings connection = KafkaEnvironment.shared().newTopics(PARTITIONS);
    GenerationSettings settings = GenerationSettings.defaults(connection).with(VIEWS, 1, 2);
    int sent = 0;
    try (SourceTopic source = new SourceTopic(connection);
        ViewReader reader = new ViewReader(connection);
        GenerationService stays = start(settings);
        GenerationService leaves = start(settings)) {
      while (stays.result().sourceImages() == 0 || leaves.result().sourceImages() == 0) {
        source.images(sent, sent + 20);
        sent += 20;
        long views = (long) sent * VIEWS;
        Eventually.await(views + " views", () -> reader.views() >= views);
      }

      source.images(sent, sent + 200);
      sent += 200;
      leaves.close();
      long[] before = IntStream.range(0, PARTITIONS).mapToLong(reader::views).toArray();
      source.images(sent, sent + 20);
      sent += 20;
      long total = (long) sent * VIEWS;
      Duration takenOver =
          Eventually.await(
              "views on all partitions",
              () ->
                  IntStream.range(0, PARTITIONS)
                      .allMatch(partition -> reader.views(partition) > before[partition]));
      assertThat(stays.awaitCaughtUp(new ShutdownSignal())).isTrue();
      Eventually.await(total + " views", () -> reader.views() >= total);

      System.out.printf("Partitions moved within %.1f s%n", takenOver.toMillis() / 1000.0);
      assertThat(takenOver).isLessThan(Duration.ofSeconds(15));
      assertThat(leaves.result().sourceImages() + stays.result().sourceImages())
          .isGreaterThanOrEqualTo(sent);
    }
    assertThat(new SyntheticViewAudit(connection).all(Duration.ofSeconds(30)))
        .isEqualTo(new Findings((long) sent * VIEWS, 0, 0, 0, sent, 0, 0, 0));
  }
}
