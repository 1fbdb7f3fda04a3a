package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout that looks built, with a JDK that tells how it was called. */
class LauncherTest {

  private static final Path BASH = Path.of("/bin/bash");

  private static final Predicate<String> SAYS_ARCHIVE =
      line -> line.startsWith("viewstream: making an archive of classes");

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
              jdk.resolve("bin").resolve(name),
              """
              #!/bin/sh
              env
              printf 'argument %s\\n' "$@"
              for argument; do
                case $argument in
                  -XX:ArchiveClassesAtExit=*) echo classes >"${argument#*=}" ;;
                  demo) exit "${DEMO_STATUS:-0}" ;;
                esac
              done
              """);
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
  void shouldMakeAnArchiveOfClassesOnceAfterABuild() throws Exception {
    Path app = checkout.toRealPath().resolve("infra/local/target/app");
    Path archive = app.resolve("classes.jsa");
    String used = "argument -XX:SharedArchiveFile=" + archive;

    assertThat(launch(Map.of(), "topics")).contains(used).anyMatch(SAYS_ARCHIVE);
    assertThat(app.resolve("classes.log"))
        .as("what was run for it")
        .content()
        .contains("argument -XX:ArchiveClassesAtExit=" + archive + ".part", "argument demo")
        .doesNotContain("SharedArchiveFile");
    assertThat(archive).hasContent("classes");
    assertThat(launch(Map.of(), "topics")).contains(used).noneMatch(SAYS_ARCHIVE);

    Files.setLastModifiedTime(
        app.resolve("built"), FileTime.from(Instant.now().plus(Duration.ofMinutes(1))));
    assertThat(launch(Map.of(), "topics")).contains(used).anyMatch(SAYS_ARCHIVE);
  }

  @Test
  void shouldRunWithoutAnArchiveThatCannotBeMade() throws Exception {
    Map<String, String> failing = Map.of("DEMO_STATUS", "1");

    assertThat(launch(failing, "topics"))
        .anyMatch(
            line -> line.matches("viewstream: the archive was not made, .*/classes.log says.*"))
        .contains("argument topics");
    assertThat(launch(failing, "topics")).as("not tried again").noneMatch(SAYS_ARCHIVE);
  }
}
