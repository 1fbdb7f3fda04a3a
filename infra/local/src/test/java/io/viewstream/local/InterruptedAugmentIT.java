package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.augment.SyntheticViewAudit;
import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.CommittedTopic;
import io.viewstream.kafka.ConnectionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C and SIGTERM at {@code viewstream augment} while it is at work. */
@Timeout(300)
class InterruptedAugmentIT {

  // Far more than can be done between the first view and the signal.
  private static final int IMAGES = 2000;
  private static final int VIEWS = 64;

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(2);

  @TempDir private Path directory;

  @Test
  void shouldEndBetweenTwoTransactions() throws Exception {
    assertThat(
            Viewstream.commandLine()
                .execute(
                    arguments("produce", "--images=shapes", "--limit=" + IMAGES)
                        .toArray(String[]::new)))
        .isZero();

    assertEnds("INT", 130, true, "--until-caught-up");
    // Without that option a signal is its ordinary end.
    assertEnds("TERM", 0, false);
  }

  private void assertEnds(String signal, int exitCode, boolean interrupted, String... options)
      throws Exception {
    long before = views();
    Path report = directory.resolve("report.json");
    List<String> arguments = arguments("augment", "--views=" + VIEWS, "--report=" + report);
    arguments.addAll(List.of(options));
    try (ChildProcess augment = ChildProcess.start(directory, arguments)) {
      while (views() == before) {
        assertThat(ProcessHandle.of(augment.processId())).as(augment.error()).isPresent();
      }
      augment.signal(signal);
      assertThat(augment.awaitExit()).as(augment.error()).isEqualTo(exitCode);
      assertThat(augment.error().contains("the same command goes on where it stopped"))
          .isEqualTo(interrupted);
    }
    assertThat(new ObjectMapper().readTree(report.toFile()).get("interrupted").asBoolean())
        .isEqualTo(interrupted);

    // Its last transaction is over: had it been left open, its timeout would be waited for.
    Findings findings = new SyntheticViewAudit(connection).all(Duration.ZERO);
    assertThat(findings).matches(Findings::sound);
    assertThat(findings.views()).isGreaterThan(before).isLessThan((long) IMAGES * VIEWS);
    assertThat(findings.views()).isEqualTo(findings.recordsWithViews() * VIEWS);
  }

  private long views() {
    AtomicLong count = new AtomicLong();
    new CommittedTopic(connection, connection.topics().syntheticViews())
        .forEach(record -> count.incrementAndGet());
    return count.get();
  }

  private List<String> arguments(String command, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--bootstrap-server=" + connection.bootstrapServers(),
                "--schema-registry-url=" + connection.schemaRegistryUrl(),
                "--topic-prefix=" + connection.topics().prefix()));
    arguments.addAll(List.of(options));
    return arguments;
  }
}
