package io.viewstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.GenerationRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The runs of {@code infra/kafka} on a real broker. */
class GenerationRunsIT {
  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(1);
  private final GenerationRuns runs = new GenerationRuns(connection);

  private static GenerationRun run(String name, long seed) {
    return GenerationRun.newBuilder()
        .setRun(name)
        .setGeneratorId("photometric")
        .setGeneratorVersion("1")
        .setViewsPerImage(4)
        .setSeed(seed)
        .setViewEncoding("png")
        .setStartedAt(Instant.ofEpochMilli(seed))
        .build();
  }

  @Test
  void shouldKeepTheFirstOfAName() {
    GenerationRun first = run("a", 1);

    assertThat(runs.list()).isEmpty();
    assertThat(runs.declare(first)).isEqualTo(first);
    assertThat(runs.declare(run("a", 1))).isEqualTo(first);
    assertThatThrownBy(() -> runs.declare(run("a", 2)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("Run 'a' exists with other settings")
        .hasMessageContaining("seed 1")
        .hasMessageContaining("seed 2");
    assertThat(runs.list()).containsExactly(first);
  }

  @Test
  void shouldChooseTheOnlyRunAndListSeveral() {
    assertThat(runs.choose(List.of())).isEmpty();
    runs.declare(run("a", 1));
    assertThat(runs.choose(List.of())).extracting(GenerationRun::getRun).containsExactly("a");
    runs.declare(run("b", 2));
    assertThatThrownBy(() -> runs.choose(List.of()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("a, b")
        .hasMessageContaining("--views-from");
    assertThat(runs.choose(List.of("b", "a")))
        .extracting(GenerationRun::getRun)
        .containsExactly("b", "a");
    assertThatThrownBy(() -> runs.choose(List.of("c"))).hasMessageContaining("no run 'c'");
  }

  @Test
  void shouldLetOneOfSeveralRivalsWin() throws Exception {
    List<Future<GenerationRun>> rivals = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      for (int seed = 0; seed < 4; seed++) {
        GenerationRun wanted = run("contested", seed);
        rivals.add(executor.submit(() -> runs.declare(wanted)));
      }
    }
    long winners = rivals.stream().filter(rival -> rival.state() == Future.State.SUCCESS).count();

    assertThat(winners).isEqualTo(1);
    assertThat(runs.list()).hasSize(1);
  }
}
