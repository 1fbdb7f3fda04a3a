package io.viewstream.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.kafka.command.CommandException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * PyTorch's DataLoader on the same files, by the script that does so; left out where it cannot run.
 */
final class DataLoaderPeer {

  private final Path script;

  DataLoaderPeer(Path script) {
    this.script = script;
  }

  /** The peer with every number of workers up to that of the processors; empty without PyTorch. */
  List<Measurement> run(List<ByteBuffer> images, int resolution, double seconds)
      throws IOException, InterruptedException {
    Optional<String> interpreter = PeerPython.with(script, "torch, torchvision, PIL");
    return interpreter.isPresent()
        ? run(interpreter.get(), images, resolution, seconds)
        : List.of();
  }

  private List<Measurement> run(
      String interpreter, List<ByteBuffer> images, int resolution, double seconds)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("viewstream-peer-");
    try {
      write(images, folder);
      String workers =
          IntStream.rangeClosed(1, Runtime.getRuntime().availableProcessors())
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(","));
      ProcessBuilder builder =
          new ProcessBuilder(
              interpreter,
              script.toString(),
              "--images",
              folder.toString(),
              "--resolution",
              Integer.toString(resolution),
              "--batch-size",
              Integer.toString(FeedBench.settings(resolution, 1).batchSize()),
              "--seconds",
              String.format(Locale.ROOT, "%.1f", seconds),
              "--workers",
              workers);
      builder.environment().put("OMP_NUM_THREADS", "1");
      Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw CommandException.failed("The peer " + script + " failed; its last lines say why");
      }
      return parse(output);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void write(List<ByteBuffer> images, Path folder) throws IOException {
    for (int i = 0; i < images.size(); i++) {
      String ending;
      try {
        ending = ImageHeader.read(images.get(i)).format().name().toLowerCase(Locale.ROOT);
      } catch (InvalidImageException e) {
        continue;
      }
      Path file = folder.resolve(String.format(Locale.ROOT, "%06d.%s", i, ending));
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer content = images.get(i).duplicate();
        while (content.hasRemaining()) {
          channel.write(content);
        }
      }
    }
  }

  private static List<Measurement> parse(String output) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<Measurement> runs = new ArrayList<>();
    for (String line : output.lines().toList()) {
      JsonNode run = json.readTree(line);
      runs.add(
          new Measurement(
              "PyTorch DataLoader, workers: " + run.path("workers").asInt(),
              "images",
              run.path("images").asLong(),
              0,
              run.path("seconds").asDouble(),
              run.path("cpuSeconds").asDouble()));
    }
    return runs;
  }
}
