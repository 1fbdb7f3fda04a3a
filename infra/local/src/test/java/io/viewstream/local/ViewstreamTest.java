package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
    CommandLine commandLine = Viewstream.commandLine();
    commandLine.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
    commandLine.setOut(new PrintWriter(output));
    commandLine.setErr(new PrintWriter(error));
    int exitCode = commandLine.execute(arguments);
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
  void shouldEndWithTwoWhenAValueIsOutOfRange() {
    Outcome outcome = run("topics", "create", "--partitions", "0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.error()).contains("--partitions is 0, must be 1 to 10000");
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
