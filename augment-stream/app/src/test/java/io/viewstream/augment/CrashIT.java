package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the stage, and counts. The default is small; {@code -Dcrash.images=5000 -Dcrash.kills=3
 * -Dcrash.pace.ms=0} kills {@code viewstream augment} itself at full speed.
 */
@Timeout(600)
class CrashIT {
  private static final int IMAGES = Integer.getInteger("crash.images", 400);
  private static final int KILLS = Integer.getInteger("crash.kills", 2);
  private static final long SEED = Long.getLong("crash.seed", 20_261_122L);
  private static final Duration TIME_PER_VIEW =
      Duration.ofMillis(Integer.getInteger("crash.pace.ms", 4));
  private static final int VIEWS = 2;
  private static final int PARTITIONS = 4;

  /** As by default: one task for each thread, and so the shortest transaction timeout. */
  private static final int THREADS = 4;

  private static final int COMMIT_INTERVAL_MILLIS = 1000;
  private static final int LIMIT_SECONDS = 180;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private static Process start(ConnectionSettings connection, Path log) throws IOException {
    return TIME_PER_VIEW.isZero()
        ? AugmentProcess.command(connection, log, "--views=" + VIEWS, "--threads=" + THREADS)
        : AugmentProcess.paced(connection, log, VIEWS, THREADS, TIME_PER_VIEW);
  }

  @Test
  void shouldPublishEachViewOnceWhateverIsKilled() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    ConnectionSettings connection = KafkaEnvironment.shared().newTopics(PARTITIONS);
    Path log = folder.resolve("augment.log");
    long total = (long) IMAGES * VIEWS;
    try (SourceTopic source = new SourceTopic(connection);
        ViewReader reader = new ViewReader(connection)) {
      source.images(0, IMAGES);
      for (int kill = 0; kill < KILLS; kill++) {
        // After any view, and then at any moment between two commits.
        long target = reader.views() + 1 + random.nextInt(IMAGES * VIEWS / (3 * KILLS));
        int delayMillis = random.nextInt(COMMIT_INTERVAL_MILLIS);
        Process process = start(connection, log);
        try {
          Eventually.await(
              "%d views, seed %d, log %s".formatted(target, SEED, log),
              () -> reader.views() >= target);
          assertThat(process.waitFor(delayMillis, TimeUnit.MILLISECONDS))
              .as("process ended by itself, log %s", log)
              .isFalse();
        } finally {
          process.destroyForcibly().waitFor();
        }
        System.out.printf("Killed at %d of %d views (seed %d)%n", reader.views(), total, SEED);
      }
      Path report = folder.resolve("report.json");
      Process last =
          AugmentProcess.command(
              connection, log, "--views=" + VIEWS, "--until-caught-up", "--report=" + report);
      try {
        assertThat(last.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("caught up, %s", log).isTrue();
        assertThat(last.exitValue()).as("exit code, log %s", log).isZero();
      } finally {
        last.destroyForcibly().waitFor();
      }
      assertThat(report).content().contains("\"deadLetters\" : 0", "\"viewsPerSecond\" : ");
      Eventually.await(
          "%d views, seed %d, log %s".formatted(total, SEED, log), () -> reader.views() >= total);

      Findings findings = new SyntheticViewAudit(connection).all(Duration.ofSeconds(60));
      System.out.printf(
          "%d kills over %d images: %s, longest stall of a reader %.1f s%n",
          KILLS, IMAGES, findings, reader.longestStall().toMillis() / 1000.0);
      assertThat(findings)
          .as("seed %d", SEED)
          .isEqualTo(new Findings(total, 0, 0, 0, IMAGES, 0, 0, 0));
      assertThat(reader.views()).isEqualTo(total);
      // Session timeout, transaction timeout and the broker's look for overdue transactions.
      assertThat(reader.longestStall()).isLessThan(Duration.ofSeconds(30));
    }
  }
}
