package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCacheTest {

  private static final PlanKey KEY =
      new PlanKey(
          Sha256.of(new byte[] {1}),
          "11.2.1",
          "GPU",
          "strict",
          new BatchProfile(1, 8, 32, Map.of()).toString());
  private static final byte[] CONTENT = new byte[100_000];
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final AtomicInteger builds = new AtomicInteger();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final PlanBuilder builder = this::build;

  private PlanBuilder.Built build(Path target) {
    builds.incrementAndGet();
    return TestPlans.write(target, CONTENT);
  }

  private PlanCache cache(long limitBytes) {
    return new PlanCache(folder.resolve("plans"), limitBytes, LIMIT, now::get);
  }

  @Test
  void shouldBuildOnce() {
    PlanFile first = cache(Long.MAX_VALUE).get(KEY, builder);
    PlanFile second = cache(Long.MAX_VALUE).get(KEY, builder);

    assertThat(second).isEqualTo(first);
    assertThat(builds).hasValue(1);
  }

  @Test
  void shouldBuildADamagedPlanAgain() throws IOException {
    Path path = cache(Long.MAX_VALUE).get(KEY, builder).path();
    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(bytes, bytes.length / 2));

    assertThat(cache(Long.MAX_VALUE).get(KEY, builder).path()).isEqualTo(path);
    assertThat(builds).hasValue(2);
    assertThat(Files.readAllBytes(path)).isEqualTo(bytes);
  }

  @Test
  void shouldReplaceAPlanThatTensorRtRefusesButOnlyThat() {
    PlanCache cache = cache(Long.MAX_VALUE);
    PlanFile first = cache.get(KEY, builder);

    assertThat(cache.replace(KEY, "another", builder)).isEqualTo(first);
    assertThat(builds).hasValue(1);
    cache.replace(KEY, first.sha256(), builder);
    assertThat(builds).hasValue(2);
  }

  @Test
  void shouldLeaveNothingBehindWhenTheBuilderFails() throws IOException {
    PlanBuilder failing =
        target -> {
          TestPlans.write(target, CONTENT);
          throw new PlanBuildException("no plan today");
        };

    assertThatThrownBy(() -> cache(Long.MAX_VALUE).get(KEY, failing)).hasMessage("no plan today");
    assertThat(files()).containsExactly(KEY.fileName() + ".lock");
    cache(Long.MAX_VALUE).get(KEY, builder);
    assertThat(files()).containsExactly(KEY.fileName(), KEY.fileName() + ".lock");
  }

  @Test
  void shouldNeverShowAPlanBeforeItIsWhole() throws IOException {
    Path plan = folder.resolve("plans").resolve(KEY.fileName());
    PlanBuilder looking =
        target -> {
          PlanBuilder.Built built = TestPlans.write(target, CONTENT);
          assertThat(plan).doesNotExist();
          return built;
        };

    assertThat(PlanFile.open(cache(Long.MAX_VALUE).get(KEY, looking).path(), KEY).path())
        .isEqualTo(plan);
  }

  @Test
  void shouldLetOneOfManyThreadsBuild() throws Exception {
    int threads = 8;
    CountDownLatch all = new CountDownLatch(threads);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<PlanFile>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        results.add(
            executor.submit(
                () -> {
                  all.countDown();
                  all.await();
                  return cache(Long.MAX_VALUE).get(KEY, builder);
                }));
      }
      for (Future<PlanFile> result : results) {
        assertThat(result.get().path()).exists();
      }
    }
    assertThat(builds).hasValue(1);
  }

  @Test
  void shouldWaitForAnotherProcessAndTakeItsPlan() throws Exception {
    try (OtherProcess other = new OtherProcess(folder.resolve("plans"))) {
      assertThat(other.line()).isEqualTo("building");
      AtomicReference<PlanFile> found = new AtomicReference<>();
      Thread waiting =
          Thread.ofPlatform().start(() -> found.set(cache(Long.MAX_VALUE).get(KEY, builder)));

      other.letGo();
      waiting.join();

      assertThat(found.get().path()).exists();
      assertThat(builds).hasValue(0);
    }
  }

  @Test
  void shouldBuildItselfWhenTheOtherProcessDies() throws Exception {
    try (OtherProcess other = new OtherProcess(folder.resolve("plans"))) {
      assertThat(other.line()).isEqualTo("building");
      other.process.destroyForcibly().waitFor();
      assertThat(files()).contains(KEY.fileName() + ".part");

      cache(Long.MAX_VALUE).get(KEY, builder);

      assertThat(builds).hasValue(1);
      assertThat(files()).containsExactly(KEY.fileName(), KEY.fileName() + ".lock");
    }
  }

  @Test
  void shouldGiveUpAfterItsLimit() throws Exception {
    try (OtherProcess other = new OtherProcess(folder.resolve("plans"))) {
      assertThat(other.line()).isEqualTo("building");
      PlanCache impatient =
          new PlanCache(folder.resolve("plans"), Long.MAX_VALUE, Duration.ofMillis(200), now::get);

      assertThatThrownBy(() -> impatient.get(KEY, builder))
          .isInstanceOf(PlanBuildException.class)
          .hasMessageStartingWith("Another build of the same plan did not end in time")
          .hasMessageEndingWith(".lock");
    }
  }

  @Test
  void shouldDeleteThePlansThatWereNotUsedForTheLongestTime() throws IOException {
    long size = PlanFile.HEADER_BYTES + CONTENT.length;
    PlanKey[] keys = new PlanKey[4];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = new PlanKey(Sha256.of(new byte[] {(byte) i}), "11.2.1", "GPU", "strict", "batch");
    }
    for (int i = 0; i < 3; i++) {
      now.set(Instant.ofEpochSecond(1_000 + i));
      cache(3 * size).get(keys[i], builder);
      // A file gets the machine's time when it is written; a use sets the test's.
      cache(3 * size).get(keys[i], builder);
    }
    now.set(Instant.ofEpochSecond(2_000));
    cache(3 * size).get(keys[0], builder);
    cache(3 * size).get(keys[3], builder);

    assertThat(files())
        .contains(keys[0].fileName(), keys[2].fileName(), keys[3].fileName())
        .doesNotContain(keys[1].fileName());
  }

  @Test
  void shouldNameTheDirectoryThatCannotBeUsed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    PlanCache cache = new PlanCache(file, Long.MAX_VALUE, LIMIT, InstantSource.system());

    assertThatThrownBy(() -> cache.get(KEY, builder))
        .isInstanceOf(PlanBuildException.class)
        .hasMessageContaining("The plan cache " + file + " cannot be used")
        .hasMessageEndingWith("choose another with viewstream.tensorrt.plan-cache-dir");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("plans"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A process that builds until it is let go. */
  static final class OtherProcess implements AutoCloseable {
    final Process process;
    private final BufferedReader output;

    OtherProcess(Path directory) throws IOException {
      List<String> command = new ArrayList<>(BuilderProcess.javaCommand(OtherProcess.class));
      command.add(directory.toString());
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      output = process.inputReader(StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) {
      new PlanCache(Path.of(arguments[0]), Long.MAX_VALUE, LIMIT, InstantSource.system())
          .get(
              KEY,
              target -> {
                PlanBuilder.Built built = TestPlans.write(target, CONTENT);
                System.out.println("building");
                try {
                  int ignored = System.in.read();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
                return built;
              });
    }

    String line() throws IOException {
      return output.readLine();
    }

    void letGo() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().close();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
