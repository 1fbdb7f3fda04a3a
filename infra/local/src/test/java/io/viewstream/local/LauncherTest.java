package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher in a checkout that looks built, with a JDK that tells how it was called. */
class LauncherTest {

  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path checkout;

  @BeforeEach
  void makeCheckout() throws IOException {
    assumeThat(BASH).as("the launcher is a script for bash").isExecutable();
    Files.copy(
        Path.of("..", "..", "viewstream"),
        checkout.resolve("viewstream"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Path app = checkout.resolve("infra/local/target/app");
    Files.createDirectories(app.resolve("lib"));
    Files.createFile(app.resolve("lib/viewstream.jar"));
    Files.createFile(app.resolve("built"));
    Path jdk = checkout.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    for (String name : List.of("java", "javac")) {
      Path program =
          Files.writeString(
              jdk.resolve("bin").resolve(name), "#!/bin/sh\nenv\nprintf 'argument %s\\n' \"$@\"\n");
      assertThat(program.toFile().setExecutable(true)).isTrue();
    }
  }

  private List<String> launch(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(BASH.toString());
    command.add(checkout.resolve("viewstream").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", checkout.resolve("jdk").toString());
    builder.environment().remove("ORT_DISABLE_TELEMETRY");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  @Test
  void shouldLetNoEngineTellOthersHowItIsUsed() throws Exception {
    assertThat(launch(Map.of(), "generate")).contains("ORT_DISABLE_TELEMETRY=1");
    assertThat(launch(Map.of("ORT_DISABLE_TELEMETRY", "0"), "generate"))
        .as("unless the user says otherwise")
        .contains("ORT_DISABLE_TELEMETRY=0");
  }

  @Test
  void shouldHandOverArgumentsAsTheyAre() throws Exception {
    List<String> lines = launch(Map.of(), "produce", "--images", "a folder");

    assertThat(
            lines.subList(lines.indexOf("argument io.viewstream.local.Viewstream"), lines.size()))
        .containsExactly(
            "argument io.viewstream.local.Viewstream",
            "argument produce",
            "argument --images",
            "argument a folder");
  }

  @Test
  void shouldKeepAnArchiveOfClassesForEachCommand() throws Exception {
    assertThat(launch(Map.of(), "train", "--resume"))
        .anyMatch(line -> line.endsWith("/infra/local/target/app/classes-train.jsa"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"help train", "train --help", "-h", "--version"})
  void shouldKeepNoArchiveOfHelp(String line) throws Exception {
    assertThat(launch(Map.of(), line.split(" "))).noneMatch(argument -> argument.endsWith(".jsa"));
  }
}
