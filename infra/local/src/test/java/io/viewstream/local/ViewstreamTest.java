package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;

class ViewstreamTest {

  /** What a command line came to. */
  private record Outcome(int exitCode, String output, String error) {}

  private static Outcome run(String... arguments) {
    StringWriter output = new StringWriter();
    StringWriter error = new StringWriter();
    String[] plain = Viewstream.withHelpAsOption(arguments);
    CommandLine commandLine = Viewstream.commandLine(plain);
    commandLine.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
    commandLine.setOut(new PrintWriter(output));
    commandLine.setErr(new PrintWriter(error));
    int exitCode = commandLine.execute(plain);
    return new Outcome(exitCode, output.toString(), error.toString());
  }

  static Stream<List<String>> commands() {
    return paths(Viewstream.commandLine(), List.of());
  }

  private static Stream<List<String>> paths(CommandLine command, List<String> path) {
    return Stream.concat(
        path.isEmpty() ? Stream.empty() : Stream.of(path),
        command.getSubcommands().entrySet().stream()
            .flatMap(
                entry ->
                    paths(
                        entry.getValue(),
                        Stream.concat(path.stream(), Stream.of(entry.getKey())).toList())));
  }

  @Test
  void shouldListEveryCommandWithItsDescription() {
    Outcome outcome = run("--help");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.error()).isEmpty();
    for (String name : Viewstream.commandLine().getSubcommands().keySet()) {
      assertThat(outcome.output()).containsPattern("\n {2}" + name + " +[A-Z].+");
    }
  }

  @Test
  void shouldHelpWhenAskedByAWord() {
    assertThat(run("help")).isEqualTo(run("--help"));
    assertThat(run("help", "help")).isEqualTo(run("--help"));
    assertThat(run("help").exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldHelpWithACommandWhenAskedByAWord(List<String> path) {
    String[] word = Stream.concat(Stream.of("help"), path.stream()).toArray(String[]::new);
    String[] option = Stream.concat(path.stream(), Stream.of("--help")).toArray(String[]::new);

    assertThat(run(word)).isEqualTo(run(option));
    assertThat(run(word).exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "help trian, trian, viewstream train",
    "trian --help, trian, viewstream train",
    "help topics craete, craete, topics create",
    "topics craete --help, craete, topics create"
  })
  void shouldSuggestACommandWhenHelpIsAskedForOneThatIsNot(
      String line, String mistake, String meant) {
    Outcome outcome = run(line.split(" "));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.error()).contains("'" + mistake + "'").contains(meant);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldMakeOnlyTheCommandThatIsNamed(List<String> path) {
    CommandLine named = Viewstream.commandLine(path.toArray(String[]::new));

    assertThat(named.getSubcommands().keySet()).containsExactly(path.getFirst());
  }

  @ParameterizedTest
  @CsvSource({"--help", "trian", "''"})
  void shouldMakeAllCommandsForHelpAndErrors(String argument) {
    assertThat(Viewstream.commandLine(argument).getSubcommands().keySet())
        .isEqualTo(Viewstream.commandLine().getSubcommands().keySet());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldExplainEveryOptionOfEveryCommand(List<String> path) {
    Outcome outcome = run(Stream.concat(path.stream(), Stream.of("--help")).toArray(String[]::new));

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output()).startsWith("Usage: viewstream " + String.join(" ", path));
    for (OptionSpec option : command(path).getCommandSpec().options()) {
      assertThat(option.description()).as(option.longestName()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldRefuseUnknownOptionsWithTwo(List<String> path) {
    // picocli names missing required options first.
    Stream<String> required =
        command(path).getCommandSpec().options().stream()
            .filter(OptionSpec::required)
            .map(option -> option.longestName() + "=value");
    Outcome outcome =
        run(
            Stream.of(path.stream(), required, Stream.of("--no-such-option"))
                .flatMap(part -> part)
                .toArray(String[]::new));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.error())
        .contains("--no-such-option")
        .contains("Try 'viewstream " + String.join(" ", path) + " --help'");
  }

  private static CommandLine command(List<String> path) {
    CommandLine command = Viewstream.commandLine();
    for (String name : path) {
      command = command.getSubcommands().get(name);
    }
    return command;
  }

  @Test
  void shouldSuggestTheOptionThatWasMeant() {
    assertThat(run("topics", "create", "--partitons", "3").error()).contains("--partitions");
  }

  @Test
  void shouldEndWithTwoWhenNoCommandIsNamed() {
    assertThat(run().exitCode()).isEqualTo(2);
    assertThat(run().error()).contains("Name a command");
    assertThat(run("topics").exitCode()).isEqualTo(2);
  }

  @Test
  void shouldLookAtPortsAndFolderOfLocalBeforeAnythingStarts(@TempDir Path folder)
      throws IOException {
    assertThat(run("local", "--port", "70000").error())
        .contains("--port is 70000, must be from 1 to 65535, or 0 for a free one");
    assertThat(run("local", "--port", "-1").exitCode()).isEqualTo(2);
    assertThat(run("local", "--registry-port", "65536").exitCode()).isEqualTo(2);
    assertThat(run("local", "--port", "8081", "--registry-port", "8081").error())
        .contains("--port and --registry-port are both 8081");
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(run("local", "--data-dir", file.toString()).error())
        .contains("--data-dir " + file + " is a file, not a folder");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Outcome outcome =
          run("local", "--port", Integer.toString(taken.getLocalPort()), "--registry-port", "0");
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.error())
          .contains("Port " + taken.getLocalPort() + " on 127.0.0.1 cannot be used");
    }
  }

  @Test
  void shouldEndWithTwoWhenAValueIsOutOfRange() {
    Outcome outcome = run("topics", "create", "--partitions", "0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.error()).contains("--partitions is 0, must be 1 to 10000");
  }

  @Test
  void shouldSayWhatANumberMustBe() {
    assertThat(run("topics", "create", "--partitions", "9999999999").error())
        .contains("'--partitions': '9999999999' is not a whole number up to 2147483647");
    assertThat(run("train", "--wait-timeout", "soon").error())
        .contains("'soon' is not a whole number up to 9223372036854775807");
    assertThat(run("train", "--window-timeout", "soon").error()).contains("'soon' is not a number");
  }

  @Test
  void shouldSayThatASettingNeedsAValue() {
    assertThat(run("train", "--set", "learning-rate").error())
        .startsWith("viewstream: Value for option '--set' (KEY=VALUE) should be in KEY=VALUE");
  }

  @Test
  void shouldFindAFolderInTheSheetsPlaceBeforeTopicsAreRead(@TempDir Path folder) {
    Outcome outcome = run("inspect", "--bootstrap-server=localhost:1", "--output=" + folder);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.error().lines())
        .containsExactly("viewstream: Cannot write --output " + folder + ": it is a folder");
  }

  @Test
  void shouldEndWithOneAndOneLineWhenTheWorkFails() {
    Outcome outcome = run("topics", "describe", "--command-config", "no-such-file");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.error().lines()).singleElement().asString().contains("no-such-file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pom.xml/report.json | pom.xml is no folder",
        "pom.xml/reports/report.json | pom.xml is no folder",
        "src | src: it is a folder"
      })
  void shouldRefuseAReportThatCannotBeWrittenBeforeTheWork(String report, String reason) {
    Outcome outcome =
        run(
            "evaluate",
            "--checkpoint=none",
            "--train-images=shapes",
            "--test-images=shapes",
            "--report=" + report);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.error().lines())
        .singleElement()
        .asString()
        .startsWith("viewstream: Cannot write --report ")
        .endsWith(reason);
  }

  @Test
  void shouldShowTheStackTraceOnlyWhenVerbose() {
    Outcome outcome = run("topics", "describe", "--command-config", "no-such-file", "-v");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.error()).contains("\tat io.viewstream");
  }

  @Test
  void shouldTellItsVersion() {
    Outcome outcome = run("--version");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output()).matches("viewstream \\d+\\.\\d+\\.\\d+\\S*, Java \\d+\\R");
  }
}
