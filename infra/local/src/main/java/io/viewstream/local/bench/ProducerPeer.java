package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.tools.ProducerPerformance;

/**
 * Kafka's own producer test, with the settings of our producer. Asked for a size, it draws the
 * letters of each record by lot, which for large records is most of its work; given a file, it
 * sends records of that in no order, with no other work than sending.
 */
final class ProducerPeer {
  private static final Pattern SENT =
      Pattern.compile("(\\d+) records sent, ([\\d.,]+) records/sec \\(([\\d.,]+) MB/sec\\)");
  private static final int PAYLOAD_BYTES = 4 * 1024 * 1024;
  private static final int FEWEST_PAYLOADS = 20;
  private static final int LETTERS = 26;

  private final ConnectionSettings connection;
  private final int recordBytes;
  private long records;

  /** A peer that sends to the connection's topic of source images. */
  ProducerPeer(ConnectionSettings connection, int recordBytes) {
    this.connection = connection;
    this.recordBytes = recordBytes;
    // A guess for the first run; each run then tells how many the next one takes.
    this.records = Math.max(1000, PAYLOAD_BYTES / recordBytes);
  }

  /** Writes lines of the records' size for {@link #sendFile}. */
  Path writePayloads(Path folder) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    Path file = folder.resolve("payloads.txt");
    try (PrintStream lines =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      for (int i = 0; i < Math.max(FEWEST_PAYLOADS, PAYLOAD_BYTES / recordBytes); i++) {
        byte[] line = new byte[recordBytes];
        for (int j = 0; j < recordBytes; j++) {
          line[j] = (byte) ('A' + random.nextInt(LETTERS));
        }
        lines.write(line, 0, recordBytes);
        lines.write('\n');
      }
    }
    return file;
  }

  /** Sends records of letters drawn by lot for about so long. */
  Measurement send(double seconds) throws Exception {
    return send(
        "kafka-producer-perf-test", seconds, "--record-size", Integer.toString(recordBytes));
  }

  /** Sends records of a file for about so long. */
  Measurement sendFile(Path payloads, double seconds) throws Exception {
    return send("the same, records from a file", seconds, "--payload-file", payloads.toString());
  }

  private Measurement send(String name, double seconds, String... payload) throws Exception {
    Measurement sent = run(name, records, payload);
    records = Math.max(1, (long) (sent.perSecond() * seconds));
    if (sent.seconds() < seconds) {
      sent = sent.plus(run(name, Math.max(1, records - sent.amount()), payload));
    }
    return sent;
  }

  /** Runs the test, whose result is a line on standard output. */
  private Measurement run(String name, long count, String... payload) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--topic",
                connection.topics().sourceImages(),
                "--num-records",
                Long.toString(count),
                "--throughput",
                "-1"));
    arguments.addAll(List.of(payload));
    arguments.addAll(
        List.of(
            "--producer-props",
            "bootstrap.servers=" + connection.bootstrapServers(),
            "acks=all",
            "enable.idempotence=true",
            "compression.type=none",
            "linger.ms=10",
            "batch.size=" + 512 * 1024,
            "buffer.memory=" + 16 * 1024 * 1024,
            "max.request.size=" + 9 * 1024 * 1024));
    PrintStream standard = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Stopwatch watch = new Stopwatch();
    try (PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      ProducerPerformance.main(arguments.toArray(String[]::new));
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
        name, "images", count, count * recordBytes, count / perSecond, cpuSeconds);
  }
}
