package io.viewstream.local.bench;

import io.viewstream.local.Viewstream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command of this program in a process of its own. */
final class ChildCommand {
  // Not a recording: it belongs to one process.
  private static final List<String> INHERITED =
      List.of("--", "-D", "-XX:SharedArchiveFile", "-Xlog:cds");

  private ChildCommand() {}

  /**
   * How to start it with a heap of its own.
   *
   * @param heap the most memory, as {@code -Xmx} takes it
   * @param arguments of the program
   */
  static List<String> of(String heap, List<String> arguments) {
    return of(List.of("-Xmx" + heap, "-XX:+UseParallelGC"), arguments);
  }

  /**
   * How to start it: the Java, archive of classes, class path and settings of this process.
   *
   * @param memory options of the JVM for heap and collector, which are not taken over
   * @param arguments of the program
   */
  static List<String> of(List<String> memory, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    List<String> ownOptions = ManagementFactory.getRuntimeMXBean().getInputArguments();
    ownOptions.stream()
        .filter(option -> INHERITED.stream().anyMatch(option::startsWith))
        .forEach(command::add);
    command.addAll(memory);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Viewstream.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
