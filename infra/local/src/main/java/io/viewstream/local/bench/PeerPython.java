package io.viewstream.local.bench;

import io.viewstream.kafka.command.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Python that a peer's script can run in. */
final class PeerPython {

  private static final List<String> INTERPRETERS = List.of("python3", "/usr/bin/python3");

  private PeerPython() {}

  /**
   * The first interpreter that has all modules; where there is none, a line says that the peer is
   * left out.
   *
   * @param script of the peer
   * @param modules separated by commas
   * @throws CommandException when there is no such script
   */
  static Optional<String> with(Path script, String modules) throws InterruptedException {
    if (!Files.isRegularFile(script)) {
      throw CommandException.usage("--peer " + script + ": there is no such file");
    }
    for (String interpreter : INTERPRETERS) {
      if (has(interpreter, modules)) {
        return Optional.of(interpreter);
      }
    }
    System.err.println("The peer is left out: no python3 here has " + modules);
    return Optional.empty();
  }

  private static boolean has(String interpreter, String modules) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(interpreter, "-c", "import " + modules)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
