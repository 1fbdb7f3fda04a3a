package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Python scripts of one folder below infra/models.
 *
 * @param folder they are in
 */
record ExportScripts(Path folder) {

  private static final String PYTHON = "/usr/bin/python3";

  // Importing PyTorch takes longer than looking for it.
  private static final String FIND_MODULES =
      "import importlib.util, sys;"
          + " sys.exit(not all(map(importlib.util.find_spec, ('torch', 'onnx', 'numpy', 'PIL'))))";

  private record Outcome(int code, String output) {}

  static ExportScripts of(String folder) {
    return new ExportScripts(Path.of("../../infra/models").resolve(folder).toAbsolutePath());
  }

  /** Skips the test where Python cannot run them. */
  static void assumeInstalled() throws InterruptedException {
    assumeTrue(
        run(List.of(PYTHON, "-c", FIND_MODULES)).code() == 0,
        "python3 with torch, onnx, numpy and PIL (Debian: python3-torch, python3-onnx,"
            + " python3-numpy, python3-pil) is not installed");
  }

  /** Runs a script that must succeed. */
  void run(String script, Object... arguments) throws InterruptedException {
    Outcome outcome = run(command(script, arguments));
    assertThat(outcome.code()).as(outcome.output()).isZero();
  }

  /** The one line of a script that must fail. */
  String failure(String script, Object... arguments) throws InterruptedException {
    Outcome outcome = run(command(script, arguments));
    assertThat(outcome.code()).as(outcome.output()).isEqualTo(1);
    return outcome.output();
  }

  private List<String> command(String script, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(PYTHON, folder.resolve(script).toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  /** A program that is not there counts as one that failed. */
  private static Outcome run(List<String> command) throws InterruptedException {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("OMP_NUM_THREADS", "1");
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      Process process = builder.start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      return new Outcome(-1, e.toString());
    }
  }
}
