package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.command.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Benchmarks that are broken off in the middle of what they measure. */
class BenchInterruptIT {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "INT, Generating…, generate --generator=photometric --limit=8 --seconds=600",
    "INT, Generating…, generate --generator=icgan32 --limit=8 --seconds=600",
    "TERM, Generating…, generate --generator=photometric --limit=8 --seconds=600",
    "INT, Ingesting…, ingest --image-bytes=100000 --limit=200 --seconds=600",
    "TERM, Training…, train --width=8 --batch-size=16 --limit=64 --seconds=600",
  })
  void shouldEndWithOneLine(String signal, String mark, String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bench"));
    command.addAll(List.of(arguments.split(" ")));
    if (!mark.startsWith("Generating")) {
      KafkaEnvironment servers = KafkaEnvironment.shared();
      command.add("--bootstrap-server=" + servers.bootstrapServers());
      command.add("--schema-registry-url=" + servers.registryUrl());
    }
    try (ChildProcess bench = ChildProcess.startMerged(directory, command)) {
      bench.awaitOutput(mark);
      bench.signal(signal);

      assertThat(bench.readRest().lines().filter(line -> !line.contains(" INFO ")))
          .containsExactly(
              "", "Stopping; press Ctrl-C again to stop at once", "viewstream: Interrupted");
      assertThat(bench.awaitExit()).isEqualTo(CommandException.INTERRUPTED);
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("hs_err")))
          .isEmpty();
    }
  }
}
