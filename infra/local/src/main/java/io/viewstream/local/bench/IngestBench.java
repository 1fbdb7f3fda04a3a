package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.producer.ImageIngest;
import io.viewstream.producer.IngestResult;
import io.viewstream.producer.IngestSettings;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream bench ingest}: {@code produce}, with its checks and sha256, against Kafka's own
 * producer test, which sends records of the same mean size with the same settings.
 */
@Command(
    name = "ingest",
    description =
        "Images into source-images, against Kafka's own kafka-producer-perf-test with records of"
            + " the same size.")
final class IngestBench implements Callable<Integer> {

  /** Both sides in turn, so that what else the machine does meets both. */
  private static final int TURNS = 3;

  private static final long DRAWN_TOTAL_BYTES = 200L * 1024 * 1024;
  private static final int MAX_DRAWN_BYTES = 1024 * 1024;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--image-bytes",
      paramLabel = "BYTES",
      description =
          "Instead of --images, draw JPEGs of so many bytes in the mean, 200 MB of them or --limit"
              + " (default: take --images).")
  private @Nullable Integer imageBytes;

  @Option(
      names = "--as-folder",
      description = "Read what --image-bytes draws as files of a folder, not as a tar archive.")
  private boolean asFolder;

  private int passes;

  @Override
  public Integer call() throws Exception {
    double seconds = options.seconds();
    try (BenchServers servers = BenchServers.start(options)) {
      IngestSettings settings = settings(servers.folder());
      ConnectionSettings connection = servers.createTopics("ingest");
      System.err.println("Ingesting…");
      Measurement warm = ingest(connection, settings, seconds / 2);
      int size = Math.toIntExact(warm.bytes() / Math.max(1, warm.amount()));
      ProducerPeer peer = new ProducerPeer(servers.createTopics("bare"), size);
      Path payloads = peer.writePayloads(servers.folder());
      peer.send(seconds / 4);
      peer.sendFile(payloads, seconds / 4);
      Measurement ingest = ingest(connection, settings, seconds / TURNS);
      Measurement drawing = peer.send(seconds / TURNS);
      Measurement reading = peer.sendFile(payloads, seconds / TURNS);
      for (int turn = 1; turn < TURNS; turn++) {
        ingest = ingest.plus(ingest(connection, settings, seconds / TURNS));
        drawing = drawing.plus(peer.send(seconds / TURNS));
        reading = reading.plus(peer.sendFile(payloads, seconds / TURNS));
      }
      options.finish(
          new BenchResult(
              "ingest",
              ingest,
              List.of(drawing, reading),
              Map.of("meanImageBytes", size, "localStartSeconds", servers.startSeconds())));
    }
    return 0;
  }

  private IngestSettings settings(Path folder) {
    if (imageBytes == null) {
      if (asFolder) {
        throw CommandException.usage("--as-folder goes with --image-bytes");
      }
      return IngestSettings.of(options.location(folder)).withSource(options.source());
    }
    if (imageBytes < 1 || imageBytes > MAX_DRAWN_BYTES) {
      throw CommandException.usage(
          "--image-bytes is %d, must be 1 to %d".formatted(imageBytes, MAX_DRAWN_BYTES));
    }
    System.err.println("Drawing images…");
    DrawnImages drawn = DrawnImages.ofBytes(imageBytes);
    long count = options.limit().orElse(Math.max(1, DRAWN_TOTAL_BYTES / drawn.meanBytes()));
    Path path =
        asFolder
            ? drawn.folder(folder.resolve("drawn"), count)
            : drawn.archive(folder.resolve("drawn.tar"), count);
    return IngestSettings.of(path.toString());
  }

  /** Ingests the images again and again, each time as another data set. */
  private Measurement ingest(
      ConnectionSettings connection, IngestSettings settings, double seconds) {
    long images = 0;
    long bytes = 0;
    double busySeconds = 0;
    Stopwatch watch = new Stopwatch();
    while (busySeconds < seconds) {
      IngestResult result = pass(connection, settings.withDataset("pass-" + passes++));
      images += result.sourceImages();
      bytes += result.bytes();
      busySeconds += result.elapsed().toNanos() / 1e9;
    }
    // Opening a producer for each pass is not what is measured; its processor time is counted.
    return new Measurement("ingest", "images", images, bytes, busySeconds, watch.cpuSeconds());
  }

  /** Ingests the images once. */
  static IngestResult pass(
      ConnectionSettings connection, BenchOptions options, Path folder, String dataset) {
    return pass(
        connection,
        IngestSettings.of(options.location(folder))
            .withSource(options.source())
            .withDataset(dataset));
  }

  private static IngestResult pass(ConnectionSettings connection, IngestSettings settings) {
    IngestResult result =
        new ImageIngest(connection, settings, new ShutdownSignal(), silent(), Clock.systemUTC())
            .run();
    if (result.sourceImages() == 0) {
      throw CommandException.failed(settings.images() + ": no image was ingested");
    }
    return result;
  }

  private static Progress.Output silent() {
    return new Progress.Output(
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        false,
        System::nanoTime);
  }
}
