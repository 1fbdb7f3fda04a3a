package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.trainer.feed.Published;
import io.viewstream.trainer.feed.StreamStatistics;
import io.viewstream.trainer.train.TrainingRequest.Cache;
import io.viewstream.trainer.train.TrainingRequest.EngineChoice;
import io.viewstream.trainer.train.TrainingRequest.Reading;
import io.viewstream.trainer.train.TrainingRequest.Start;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory and disk of a training without end. Few images in the normal suite; by hand {@code
 * -Dit.test=ContinuousMemoryIT -Dtest.arguments=-Dcontinuous.images=50000}. Each sample is a line
 * of {@code target/continuous-memory.jsonl}. Broker, registry client and producer live in the same
 * process.
 */
class ContinuousMemoryIT {

  private static final int IMAGES = Integer.getInteger("continuous.images", 3_000);
  private static final int GROUP = 128;
  private static final int WINDOW = 256;
  private static final int SAMPLES = 100;
  private static final long SLACK_BYTES = 16 << 20;

  @TempDir private Path folder;

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(2);
  private final long startNanos = System.nanoTime();
  private final List<Sample> samples = new ArrayList<>();
  // The producer is so many images ahead at most, as if it were a camera and not a file.
  private final Semaphore ahead = new Semaphore(16 * WINDOW);
  private volatile boolean closed;

  private record Sample(long heapBytes, long cacheBytes, long cacheDiskBytes) {}

  @Test
  void shouldStayFlat() throws Exception {
    Path lines = Path.of("target", "continuous-memory.jsonl");
    Files.createDirectories(lines.getParent());
    Files.deleteIfExists(lines);
    try (Published published = new Published(connection)) {
      published.run("run", 2);
    }
    Thread publishing = Thread.ofPlatform().start(this::keepPublishing);
    StopRequest stop = new StopRequest();
    TrainingListener listener =
        new TrainingListener() {
          private int sampledWindow = -1;
          private long read;

          @Override
          public void onStream(TrainingPosition position, StreamStatistics statistics) {
            if (position.epoch() >= sampledWindow + Math.max(1, IMAGES / WINDOW / SAMPLES)) {
              sampledWindow = position.epoch();
              sample(lines, position, statistics);
            }
            ahead.release((int) (statistics.sourceImages() - read));
            read = statistics.sourceImages();
            if (statistics.sourceImages() >= IMAGES) {
              stop.request();
            }
          }
        };
    TrainingOutcome outcome;
    try {
      outcome = new TrainingService(request()).run(stop, listener);
    } finally {
      closed = true;
      ahead.release(GROUP);
      publishing.join();
    }
    assertThat(outcome.stream().orElseThrow().sourceImages()).isGreaterThanOrEqualTo(IMAGES);
    assertFlat(Sample::heapBytes);
    assertFlat(Sample::cacheBytes);
    assertFlat(Sample::cacheDiskBytes);
  }

  /** The second half of the samples is no higher than the quarter before it. */
  private void assertFlat(ToLongFunction<Sample> value) {
    int size = samples.size();
    assertThat(size).isGreaterThanOrEqualTo(8);
    long before = samples.subList(size / 4, size / 2).stream().mapToLong(value).max().orElseThrow();
    long after = samples.subList(size / 2, size).stream().mapToLong(value).max().orElseThrow();
    assertThat(after).as("%s", samples).isLessThanOrEqualTo(before + before / 5 + SLACK_BYTES);
  }

  private TrainingRequest request() {
    SettingValues values =
        Preset.SMOKE
            .values(MethodName.SIMCLR)
            .with(SettingKey.WIDTH, 4, "test")
            .with(SettingKey.RESOLUTION, 16, "test")
            .with(SettingKey.BATCH_SIZE, 128, "test")
            .with(SettingKey.MODE, "continuous", "test")
            .with(SettingKey.WINDOW_IMAGES, WINDOW, "test")
            .with(SettingKey.SHUFFLE_BUFFER, 2 * WINDOW, "test");
    return new TrainingRequest(
        connection,
        values,
        SettingValues.NONE,
        new Start.Fresh(),
        folder.resolve("training"),
        new Cache(folder.resolve("cache"), 16 << 20),
        OptionalInt.empty(),
        Duration.ZERO,
        new EngineChoice("cpu", 1),
        TrainingRequest.DEFAULT_CHECKPOINT_INTERVAL,
        Reading.USUAL);
  }

  private void keepPublishing() {
    try (Published published = new Published(connection)) {
      for (int group = 0; !closed; group++) {
        ahead.acquireUninterruptibly(GROUP);
        List<Published.Source> sources = published.sources((long) group * GROUP, GROUP);
        published.views(sources, "run", 2);
      }
    }
  }

  private void sample(Path lines, TrainingPosition position, StreamStatistics statistics) {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    Map<String, Object> line = new LinkedHashMap<>();
    try {
      long disk = diskBytes();
      samples.add(new Sample(heap, statistics.cacheBytes(), disk));
      line.put("seconds", (System.nanoTime() - startNanos) / 1_000_000 / 1e3);
      line.put("sourceImages", statistics.sourceImages());
      line.put("windows", statistics.windows());
      line.put("steps", position.step());
      line.put("heapBytes", heap);
      for (String status : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (status.startsWith("VmRSS") || status.startsWith("RssAnon")) {
          line.put(
              status.substring(0, status.indexOf(':')) + "Bytes",
              Long.parseLong(status.replaceAll("\\D", "")) << 10);
        }
      }
      line.put("cacheBytes", statistics.cacheBytes());
      line.put("cacheDiskBytes", disk);
      line.put("lagRecords", statistics.lagRecords());
      line.put("meanAgeSeconds", statistics.meanAgeSeconds());
      line.put("lateViewFraction", statistics.lateViewFraction());
      Files.writeString(
          lines,
          new ObjectMapper().writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long diskBytes() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
      long bytes = 0;
      for (Path file : files.toList()) {
        // The reading thread makes and drops files meanwhile.
        bytes += Files.isRegularFile(file) ? file.toFile().length() : 0;
      }
      return bytes;
    } catch (UncheckedIOException e) {
      return 0;
    }
  }
}
