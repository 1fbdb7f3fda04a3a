package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.feed.FillProgress;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.feed.ViewPoolSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.tools.ConsumerPerformance;

/**
 * Reads a topic of images: into a fresh pool, and by Kafka's own consumer test, which drops what it
 * reads.
 */
final class PoolFill {

  private static final int ROUNDS = 15;
  // After so many the compiler is at rest, which else takes a core from both sides; the pool's side
  // is the one that has more to compile.
  private static final int WARM_UPS = 30;

  // Its line: start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, …
  private static final Pattern CONSUMED =
      Pattern.compile(
          "^[^,]+, [^,]+, ([\\d.]+), [\\d.]+, (\\d+), [\\d.]+, \\d+, (\\d+), ", Pattern.MULTILINE);

  private static final double MEBI = 1 << 20;

  private final ConnectionSettings connection;
  private final Path folder;

  /**
   * Both, of the same records.
   *
   * @param filled into a pool
   * @param consumed and dropped
   */
  record Comparison(Measurement filled, Measurement consumed) {

    double ratio() {
      return filled.ratioTo(consumed);
    }
  }

  PoolFill(ConnectionSettings connection, Path folder) {
    this.connection = connection;
    this.folder = folder;
  }

  /** One after the other, many times after the warm-up; the medians. */
  Comparison compare() throws InterruptedException {
    long images = 0;
    for (int warmUp = 0; warmUp < WARM_UPS; warmUp++) {
      images = pool().amount();
      consume(images);
    }
    List<Measurement> fills = new ArrayList<>();
    List<Measurement> consumptions = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      fills.add(pool());
      consumptions.add(consume(images));
    }
    Measurement consumed = median(consumptions);
    Measurement filled = median(fills);
    // The same records on both sides: the pool's own frames are of another size.
    return new Comparison(
        new Measurement(
            filled.name(),
            filled.unit(),
            filled.amount(),
            consumed.bytes(),
            filled.seconds(),
            filled.cpuSeconds()),
        consumed);
  }

  private static Measurement median(List<Measurement> runs) {
    return runs.stream()
        .sorted(Comparator.comparingDouble(Measurement::seconds))
        .toList()
        .get(runs.size() / 2);
  }

  /**
   * Fills a new pool: malformed records found, checksums made, everything on its way to the disk.
   */
  private Measurement pool() throws InterruptedException {
    Path cache = folder.resolve("fill");
    Measurement filled;
    try (ViewPool pool = ViewPool.open(ViewPoolSettings.of(connection, cache), FillProgress.NONE)) {
      Stopwatch watch = new Stopwatch();
      int images = pool.snapshotAt(pool.freezeHorizon()).size();
      filled = watch.measured("pool fill", "images", images, pool.usedBytes());
    }
    // Else the system would still write the last pools while the next ones are measured.
    BenchServers.delete(cache);
    return filled;
  }

  /**
   * Runs Kafka's test with its own settings. Time counts from when its group has its partitions;
   * processor time is of all of it.
   */
  private Measurement consume(long records) {
    PrintStream standard = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Stopwatch watch = new Stopwatch();
    try (PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      ConsumerPerformance.main(
          new String[] {
            "--bootstrap-server",
            connection.bootstrapServers(),
            "--topic",
            connection.topics().sourceImages(),
            "--num-records",
            Long.toString(records)
          });
    } finally {
      System.setOut(standard);
    }
    double cpuSeconds = watch.cpuSeconds();
    String output = printed.toString(StandardCharsets.UTF_8);
    Matcher consumed = CONSUMED.matcher(output);
    if (!consumed.find()) {
      throw CommandException.failed("kafka-consumer-perf-test gave no result: " + output.strip());
    }
    return new Measurement(
        "kafka-consumer-perf-test",
        "images",
        Long.parseLong(consumed.group(2)),
        Math.round(Double.parseDouble(consumed.group(1)) * MEBI),
        Long.parseLong(consumed.group(3)) / 1000.0,
        cpuSeconds);
  }
}
