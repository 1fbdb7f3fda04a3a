package io.viewstream.tensorrt.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Libraries that the machine's C compiler makes of src/test/native. */
final class NativeFakes {

  private NativeFakes() {}

  /**
   * Compiles a fake.
   *
   * @param definitions as {@code NAME=VALUE}
   */
  static Path compile(String source, Path target, String... definitions)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        List.of("/usr/bin/cc", "/usr/local/bin/cc").stream()
            .anyMatch(compiler -> Files.isExecutable(Path.of(compiler))),
        "This machine has no C compiler, which makes the fake libraries");
    List<String> command =
        new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-w", "-o", target.toString()));
    for (String definition : definitions) {
      command.add("-D" + definition);
    }
    command.add(Path.of("src", "test", "native", source).toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
    return target;
  }
}
