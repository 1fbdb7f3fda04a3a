package io.viewstream.trainer.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A Python that can import what a test needs; without one the test is skipped and says so. */
public final class ForeignPython {

  private static final List<String> INTERPRETERS = List.of("/usr/bin/python3", "python3");

  /** What was found; torch alone takes seconds to be imported. */
  private static final Map<String, Optional<String>> FOUND = new ConcurrentHashMap<>();

  private final String interpreter;

  private ForeignPython(String interpreter) {
    this.interpreter = interpreter;
  }

  /**
   * The first interpreter that imports all modules.
   *
   * @param packages Debian's names of what holds them, for the reason of a skipped test
   */
  public static ForeignPython with(String modules, String packages) throws InterruptedException {
    Optional<String> found = FOUND.get(modules);
    if (found == null) {
      found = find(modules);
      FOUND.put(modules, found);
    }
    Assumptions.assumeTrue(
        found.isPresent(), "No python3 imports %s (Debian: %s)".formatted(modules, packages));
    return new ForeignPython(found.orElseThrow());
  }

  private static Optional<String> find(String modules) throws InterruptedException {
    for (String interpreter : INTERPRETERS) {
      if (exitCode(interpreter, "-c", "import " + modules) == 0) {
        return Optional.of(interpreter);
      }
    }
    return Optional.empty();
  }

  /** Runs a script, which must succeed, and gives the last line of its output. */
  public String run(Path script, Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(interpreter, script.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    Assertions.assertThat(process.waitFor()).as(output).isZero();
    return output.lines().reduce("", (before, line) -> line);
  }

  /** Runs a script whose last line is JSON. */
  public JsonNode runForJson(Path script, Object... arguments)
      throws IOException, InterruptedException {
    return new ObjectMapper().readTree(run(script, arguments));
  }

  /** A file of the repository, wherever the tests are started. */
  public static Path repositoryFile(String path) {
    Path root = Path.of("").toAbsolutePath();
    while (root.getParent() != null && !Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    return root.resolve(path);
  }

  private static int exitCode(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }
}
