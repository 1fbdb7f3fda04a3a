package io.viewstream.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a {@code viewstream} command in a process of its own took, with the JVM's own start.
 *
 * @param seconds until the process was gone
 * @param secondsToMark until a line of its output had the mark; empty without such a line
 * @param peakBytes most memory that was resident at once, as Linux counts it, without files of the
 *     given folder that are mapped; 0 elsewhere
 * @param report what the command reported; missing if it was stopped
 */
record CommandRun(double seconds, OptionalDouble secondsToMark, long peakBytes, JsonNode report) {
  // Linux counts pages for each look, while the process may map none.
  private static final long LOOK_MILLIS = 100;

  /** The line that begins what is said of a mapping: its addresses, and its file if it has one. */
  private static final Pattern MAPPING = Pattern.compile("[0-9a-f]+-[0-9a-f]+ [^/]*(/.*)?");

  private static final Pattern RESIDENT = Pattern.compile("Rss: +([0-9]+) kB");

  private static final Pattern HIGHEST = Pattern.compile("VmHWM:\\s+([0-9]+) kB");

  /** As in the launcher. */
  private static final Set<String> SMALL_YOUNG_GENERATION = Set.of("produce", "augment");

  /**
   * Runs a command to its end, or stops it as soon as the mark was seen.
   *
   * @param folder for its report; holds what the command keeps on disk
   * @param mark text in a line of its output
   * @param stopAtMark whether the command has no end of its own
   */
  static CommandRun of(Path folder, List<String> arguments, String mark, boolean stopAtMark)
      throws IOException, InterruptedException {
    Path report = folder.resolve("command.json");
    Files.deleteIfExists(report);
    List<String> command = ChildCommand.of(memory(arguments.getFirst()), arguments);
    if (!stopAtMark) {
      command.addAll(List.of("--report", report.toString()));
    }
    long start = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    long[] peak = new long[1];
    Thread watcher = Thread.ofPlatform().daemon().start(() -> peak[0] = watch(process, folder));
    OptionalDouble toMark = OptionalDouble.empty();
    StringBuilder output = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
        if (toMark.isEmpty() && line.contains(mark)) {
          toMark = OptionalDouble.of(secondsSince(start));
          if (stopAtMark) {
            // Process.destroy would close the stream that is being read.
            process.toHandle().destroy();
          }
        }
      }
    }
    int status = process.waitFor();
    double seconds = secondsSince(start);
    watcher.join();
    if (stopAtMark ? toMark.isEmpty() : status != 0) {
      throw CommandException.failed(
          "viewstream %s failed: %s".formatted(arguments.getFirst(), output.toString().strip()));
    }
    JsonNode reported =
        stopAtMark ? MissingNode.getInstance() : new ObjectMapper().readTree(report.toFile());
    return new CommandRun(seconds, toMark, peak[0], reported);
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /**
   * Heap and collector as the launcher has them for a command, with the options of this process.
   */
  private static List<String> memory(String name) {
    List<String> options = new ArrayList<>();
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (Stream.of("-Xm", "-XX:+Use", "-XX:-Use", "-XX:Max", "-XX:SurvivorRatio")
          .anyMatch(option::startsWith)) {
        options.add(option);
      }
    }
    if (SMALL_YOUNG_GENERATION.contains(name)) {
      options.add("-Xmn96m");
    }
    return options;
  }

  /** The options with which a command finds a cluster. */
  static List<String> connection(ConnectionSettings connection, Path folder) throws IOException {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--bootstrap-server",
                connection.bootstrapServers(),
                "--schema-registry-url",
                connection.schemaRegistryUrl(),
                "--topic-prefix",
                connection.topics().prefix()));
    if (!connection.clientProperties().isEmpty()) {
      Path file = folder.resolve("client.properties");
      Properties properties = new Properties();
      connection.clientProperties().forEach((key, value) -> properties.put(key, "" + value));
      try (BufferedWriter writer = Files.newBufferedWriter(file)) {
        properties.store(writer, null);
      }
      options.addAll(List.of("--command-config", file.toString()));
    }
    return options;
  }

  /** Follows a process to its end. */
  private static long watch(Process process, Path folder) {
    Path seen = Path.of("/proc/" + process.pid());
    long peak = 0;
    boolean mapped = false;
    try {
      while (process.isAlive()) {
        if (Files.exists(seen)) {
          mapped = mapped || maps(seen.resolve("maps"), folder);
          peak =
              Math.max(
                  peak,
                  mapped
                      ? residentBytes(seen.resolve("smaps"), folder)
                      : highestBytes(seen.resolve("status")));
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (IOException e) {
      // It ended between two looks.
      return peak;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return peak;
  }

  private static boolean maps(Path mappings, Path folder) throws IOException {
    try (Stream<String> lines = Files.lines(mappings)) {
      return lines
          .map(MAPPING::matcher)
          .anyMatch(mapping -> mapping.matches() && isIn(folder, mapping));
    }
  }

  private static boolean isIn(Path folder, Matcher mapping) {
    return mapping.group(1) != null && Path.of(mapping.group(1)).startsWith(folder);
  }

  /** What was resident at most so far: exact, however seldom one looks. */
  static long highestBytes(Path status) throws IOException {
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .map(HIGHEST::matcher)
          .filter(Matcher::matches)
          .mapToLong(highest -> 1024 * Long.parseLong(highest.group(1)))
          .findFirst()
          .orElse(0);
    }
  }

  /** Pages of the pool's files are the system's to take back, and counted out. */
  static long residentBytes(Path mappings, Path folder) throws IOException {
    long kibibytes = 0;
    boolean counts = true;
    try (BufferedReader lines = Files.newBufferedReader(mappings)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher mapping = MAPPING.matcher(line);
        Matcher resident = RESIDENT.matcher(line);
        if (mapping.matches()) {
          counts = !isIn(folder, mapping);
        } else if (counts && resident.matches()) {
          kibibytes += Long.parseLong(resident.group(1));
        }
      }
    }
    return 1024 * kibibytes;
  }
}
