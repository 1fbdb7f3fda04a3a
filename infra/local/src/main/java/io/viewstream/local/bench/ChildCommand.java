package io.viewstream.local.bench;

import io.viewstream.local.Viewstream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command of this program in a process of its own. */
final class ChildCommand {

  private ChildCommand() {}

  /**
   * How to start it: the Java, class path and settings of this process.
   *
   * @param heap the most memory, as {@code -Xmx} takes it
   * @param arguments of the program
   */
  static List<String> of(String heap, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // An archive of classes belongs to the command that made it, a recording to one process.
      if (argument.startsWith("--") || argument.startsWith("-D")) {
        command.add(argument);
      }
    }
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "-XX:+UseParallelGC",
            "-cp",
            System.getProperty("java.class.path"),
            Viewstream.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
