package io.viewstream.tensorrt.internal;

import io.viewstream.tensorrt.internal.PlanBuilder.Built;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a plan in a process of its own. TensorRT's builder may crash, hang or take all memory;
 * what it does to its process it does not do to the service. See {@link BuilderProtocol}.
 */
final class BuilderProcess {

  private static final Logger LOGGER = LoggerFactory.getLogger(BuilderProcess.class);
  private static final int REMEMBERED_LINES = 5;
  private static final Pattern CRASH = Pattern.compile("# +(SIG[A-Z]+|C +\\[[^\\]]+\\]).*");
  private static final int SIGNALLED = 128;
  private static final Duration OUTPUT_LIMIT = Duration.ofSeconds(10);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  private final List<String> command;
  private final Duration deadline;

  /**
   * Prepares builds.
   *
   * @param command runs the builder, which takes the request's file as its one argument
   * @param deadline of one build
   */
  BuilderProcess(List<String> command, Duration deadline) {
    this.command = List.copyOf(command);
    this.deadline = deadline;
  }

  /** The builder, run by the Java that runs this process, with the same class path. */
  static List<String> javaCommand(Class<?> main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-CreateCoredumpOnCrash",
        // Of what the JVM says about a crash, the lines on its output are enough.
        "-XX:ErrorFile=/dev/null",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName());
  }

  /**
   * Builds.
   *
   * @throws PlanBuildException with one line: what the builder said, or how it ended
   */
  Built build(PlanRequest request) {
    Path requestFile = request.target().resolveSibling(request.target().getFileName() + ".request");
    String what = "The TensorRT plan of " + request.onnx();
    try {
      request.write(requestFile);
      return run(request, requestFile, what);
    } catch (IOException e) {
      throw new PlanBuildException("%s was not built: %s".formatted(what, e));
    } finally {
      deleteQuietly(requestFile);
    }
  }

  private Built run(PlanRequest request, Path requestFile, String what) throws IOException {
    List<String> arguments = new ArrayList<>(command);
    arguments.add(requestFile.toString());
    ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
    // TensorRT looks for its builder resources by name, at a time of its own choosing.
    builder
        .environment()
        .merge(
            "LD_LIBRARY_PATH",
            request.libraryDirectory().toString(),
            (old, directory) -> directory + File.pathSeparator + old);
    LOGGER.info("{} is being built; the deadline is {}", what, deadline);
    long start = System.nanoTime();
    Process process = builder.start();
    Output output = new Output();
    Thread reader =
        Thread.ofPlatform().daemon().name("tensorrt-builder").start(() -> output.read(process));
    try {
      boolean ended = process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS);
      if (!ended) {
        end(process);
        throw new PlanBuildException(
            "%s was not built within %s; it was at: %s. Raise viewstream.tensorrt.build-deadline, or build on an idle GPU"
                .formatted(what, deadline, output.state()));
      }
      // A grandchild may hold the pipe open; what the builder itself wrote is there by now.
      reader.join(OUTPUT_LIMIT);
      Built built = result(process.exitValue(), output, request, what);
      LOGGER.info(
          "{} was built in {} s, {} bytes",
          what,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
          built.sizeBytes());
      return built;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlanBuildException(what + " was not built: interrupted");
    } finally {
      end(process);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      // Else it may still hold the GPU and write when the next build begins.
      if (!process.waitFor(END_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
        LOGGER.warn("The builder's process {} does not end", process.pid());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Built result(int status, Output output, PlanRequest request, String what)
      throws IOException {
    @Nullable String error = output.error();
    if (error != null) {
      throw new PlanBuildException("%s was not built: %s".formatted(what, error));
    }
    @Nullable String crash = output.crash();
    if (status != 0) {
      if (crash != null || status > SIGNALLED) {
        // Times measured by a build that crashed may be what crashed it.
        deleteQuietly(request.timingCache());
      }
      throw new PlanBuildException(
          "%s was not built: the builder's process %s; it was at: %s"
              .formatted(what, crash != null ? crash : ending(status), output.state()));
    }
    @Nullable Built built = output.built();
    if (built == null) {
      throw new PlanBuildException(
          "%s was not built: the builder's process ended without a plan; it was at: %s"
              .formatted(what, output.state()));
    }
    long size = Files.exists(request.target()) ? Files.size(request.target()) : 0;
    if (size != PlanFile.HEADER_BYTES + built.sizeBytes()
        || !Sha256.of(request.target(), PlanFile.HEADER_BYTES).equals(built.sha256())) {
      throw new PlanBuildException(
          "%s was not built: the file %s holds %d bytes that are not what the builder wrote; check that disk"
              .formatted(what, request.target(), size));
    }
    return built;
  }

  private static String ending(int status) {
    return status > SIGNALLED
        ? "crashed with signal " + (status - SIGNALLED)
        : "ended with status " + status;
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOGGER.warn("{} stays behind: {}", file, e.toString());
    }
  }

  /** What a builder has said so far. */
  private static final class Output {
    // All guarded by this.
    private final Deque<String> others = new ArrayDeque<>();
    private String progress = "starting";
    private @Nullable String error;
    private @Nullable String crash;
    private @Nullable Built built;

    void read(Process process) {
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          accept(line);
        }
      } catch (IOException e) {
        LOGGER.debug("The builder's output ended: {}", e.toString());
      }
    }

    private synchronized void accept(String line) {
      // A native library may have left its own line without an end.
      int mark = line.indexOf(BuilderProtocol.MARK);
      if (mark < 0) {
        LOGGER.debug("builder: {}", line);
        if (line.startsWith("#")) {
          acceptCrash(line);
        } else if (!line.isBlank()) {
          others.addLast(line.strip());
        }
        if (others.size() > REMEMBERED_LINES) {
          others.removeFirst();
        }
        return;
      }
      String message = line.substring(mark + BuilderProtocol.MARK.length());
      if (message.startsWith(BuilderProtocol.PROGRESS)) {
        progress = message.substring(BuilderProtocol.PROGRESS.length());
        LOGGER.info("builder: {}", progress);
      } else if (message.startsWith(BuilderProtocol.ERROR)) {
        error = message.substring(BuilderProtocol.ERROR.length());
      } else if (message.startsWith(BuilderProtocol.DONE)) {
        built = parse(message.substring(BuilderProtocol.DONE.length()));
      }
    }

    /** The JVM's own report: {@code # SIGSEGV (0xb) at …}, {@code # C [libnvinfer.so.11+0x…]}. */
    private void acceptCrash(String line) {
      Matcher matcher = CRASH.matcher(line);
      if (matcher.matches()) {
        String part = matcher.group(1).strip();
        crash = crash == null ? "crashed with " + part : crash + " in " + part;
      }
    }

    synchronized @Nullable String crash() {
      return crash;
    }

    private static @Nullable Built parse(String text) {
      String[] parts = text.split(" ", -1);
      try {
        return parts.length == 2 ? new Built(Long.parseLong(parts[0]), parts[1]) : null;
      } catch (NumberFormatException e) {
        return null;
      }
    }

    synchronized String state() {
      return others.isEmpty() ? progress : progress + " (" + String.join(" | ", others) + ")";
    }

    synchronized @Nullable String error() {
      return error;
    }

    synchronized @Nullable Built built() {
      return built;
    }
  }
}
