package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCommandIT {

  @TempDir private Path directory;

  @Test
  void shouldServeOtherCommandsUntilCtrlC() throws Exception {
    Path addresses = directory.resolve("local.json");
    Path topics = directory.resolve("topics.json");
    List<String> arguments =
        List.of("local", "--port=0", "--registry-port=0", "--report=" + addresses);
    try (ChildProcess local = ChildProcess.start(directory, arguments)) {
      local.awaitOutput("Ctrl-C stops both");
      JsonNode report = new ObjectMapper().readTree(addresses.toFile());

      int exitCode =
          Viewstream.commandLine()
              .execute(
                  "topics",
                  "create",
                  "--partitions=3",
                  "--bootstrap-server=" + report.get("bootstrapServers").asText(),
                  "--schema-registry-url=" + report.get("schemaRegistryUrl").asText(),
                  "--report=" + topics);
      assertThat(exitCode).isZero();
      JsonNode created = new ObjectMapper().readTree(topics.toFile());
      assertThat(created.get("topics").findValuesAsText("name"))
          .containsExactly("source-images", "synthetic-views", "dead-letters", "generation-runs");
      assertThat(created.get("topics").get(0).get("partitions").asInt()).isEqualTo(3);

      local.signal("INT");
      assertThat(local.awaitExit()).as(local.error()).isZero();
      assertThat(ProcessHandle.of(local.processId()).stream().flatMap(ProcessHandle::descendants))
          .isEmpty();
    }
  }

  @Test
  void shouldFailWhenTheRegistryEndsByItself() throws Exception {
    try (ChildProcess local =
        ChildProcess.start(directory, List.of("local", "--port=0", "--registry-port=0"))) {
      local.awaitOutput("Ctrl-C stops both");

      local.children().forEach(ProcessHandle::destroyForcibly);

      assertThat(local.awaitExit()).isEqualTo(1);
      assertThat(local.error()).contains("The schema registry at http://127.0.0.1:", " ended");
    }
  }
}
