package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.producer.ImageIngest;
import io.viewstream.producer.IngestResult;
import io.viewstream.producer.IngestSettings;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.tools.ProducerPerformance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  private static final Pattern SENT =
      Pattern.compile("(\\d+) records sent, ([\\d.,]+) records/sec \\(([\\d.,]+) MB/sec\\)");
  private static final long ROUND_RECORDS = 1000;

  @Mixin private BenchOptions options = new BenchOptions();

  private int passes;

  @Override
  public Integer call() throws Exception {
    double seconds = options.seconds();
    try (BenchServers servers = BenchServers.start(options)) {
      ConnectionSettings connection = servers.createTopics("ingest");
      ingest(connection, servers.folder(), seconds / 2);
      Measurement measured = ingest(connection, servers.folder(), seconds);
      long size = measured.bytes() / Math.max(1, measured.amount());
      ConnectionSettings bare = servers.createTopics("bare");
      send(bare, size, ROUND_RECORDS);
      double rate = send(bare, size, ROUND_RECORDS).perSecond();
      send(bare, size, (long) (rate * seconds / 2) + ROUND_RECORDS);
      Measurement bound = send(bare, size, (long) (rate * seconds) + ROUND_RECORDS);
      options.finish(
          new BenchResult(
              "ingest",
              measured,
              List.of(bound),
              Map.of("meanImageBytes", size, "localStartSeconds", servers.startSeconds())));
    }
    return 0;
  }

  /** Ingests the images again and again, each time as another data set. */
  private Measurement ingest(ConnectionSettings connection, Path folder, double seconds) {
    long images = 0;
    long bytes = 0;
    double busySeconds = 0;
    Stopwatch watch = new Stopwatch();
    while (busySeconds < seconds) {
      IngestResult result = pass(connection, options, folder, "pass-" + passes++);
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
    IngestResult result =
        new ImageIngest(
                connection,
                IngestSettings.of(options.location(folder))
                    .withSource(options.source())
                    .withDataset(dataset),
                new ShutdownSignal(),
                silent(),
                Clock.systemUTC())
            .run();
    if (result.sourceImages() == 0) {
      throw CommandException.failed("--images " + options.images() + ": no image was ingested");
    }
    return result;
  }

  private static Progress.Output silent() {
    return new Progress.Output(
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        false,
        System::nanoTime);
  }

  /** Runs Kafka's test, whose result is a line on standard output. */
  private static Measurement send(ConnectionSettings connection, long size, long records)
      throws Exception {
    PrintStream standard = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Stopwatch watch = new Stopwatch();
    try (PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      ProducerPerformance.main(
          new String[] {
            "--topic",
            connection.topics().sourceImages(),
            "--num-records",
            Long.toString(records),
            "--record-size",
            Long.toString(size),
            "--throughput",
            "-1",
            "--producer-props",
            "bootstrap.servers=" + connection.bootstrapServers(),
            "acks=all",
            "enable.idempotence=true",
            "compression.type=none",
            "linger.ms=10",
            "batch.size=" + 512 * 1024,
            "buffer.memory=" + 64 * 1024 * 1024,
            "max.request.size=" + 9 * 1024 * 1024
          });
    } finally {
      System.setOut(standard);
    }
    double cpuSeconds = watch.cpuSeconds();
    String output = printed.toString(StandardCharsets.UTF_8);
    Matcher sent = SENT.matcher(output);
    String rate = "";
    while (sent.find()) {
      // The last line is of the whole run.
      rate = sent.group(2);
    }
    if (rate.isEmpty()) {
      throw CommandException.failed("kafka-producer-perf-test gave no result: " + output.strip());
    }
    double perSecond = Double.parseDouble(rate.replace(",", "."));
    return new Measurement(
        "kafka-producer-perf-test",
        "images",
        records,
        records * size,
        records / perSecond,
        cpuSeconds);
  }
}
