package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunManifestTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void setUp() {
    file = directory.resolve("manifest.jsonl");
  }

  private static EpochHorizon epoch(int epoch) {
    return new EpochHorizon(
        epoch,
        new Horizon(
            "cluster",
            new TopicHorizon(
                "source-images",
                "id-1",
                List.of(new OffsetRange(0, 10), new OffsetRange(5, 1L << 40))),
            new TopicHorizon("synthetic-views", "id-2", List.of(new OffsetRange(0, epoch)))),
        10,
        20L + epoch,
        3,
        Long.MIN_VALUE + epoch);
  }

  @Test
  void shouldReadBackSettingsHorizonsAndOtherEntries() {
    Map<String, Object> settings =
        Map.of("seed", 5, "method", "simclr", "runs", List.of("a", "b"), "rate", 0.25);
    try (RunManifest manifest = RunManifest.create(file, settings)) {
      manifest.append(epoch(0));
      manifest.append("checkpoint", Map.of("step", 12, "file", "step-12.pt"));
      manifest.append(epoch(1));
    }
    try (RunManifest manifest = RunManifest.open(file)) {
      assertThat(manifest.settings()).isEqualTo(settings);
      assertThat(manifest.horizons()).containsExactly(epoch(0), epoch(1));
      assertThat(manifest.horizon(1)).contains(epoch(1));
      assertThat(manifest.horizon(2)).isEmpty();
      assertThat(manifest.entries("checkpoint"))
          .containsExactly(Map.of("kind", "checkpoint", "step", 12, "file", "step-12.pt"));
      manifest.append(epoch(2));
    }
    try (RunManifest manifest = RunManifest.open(file)) {
      assertThat(manifest.horizons()).hasSize(3);
    }
  }

  @Test
  void shouldReadLinesOfAnyLength() {
    String text = "x".repeat(20_000);
    try (RunManifest manifest = RunManifest.create(file, Map.of("text", text))) {
      for (int i = 0; i < 200; i++) {
        manifest.append(epoch(i));
      }
    }
    try (RunManifest manifest = RunManifest.open(file)) {
      assertThat(manifest.settings()).isEqualTo(Map.of("text", text));
      assertThat(manifest.horizons()).hasSize(200);
      assertThat(manifest.horizon(137)).contains(epoch(137));
      manifest.append(epoch(200));
    }
    try (RunManifest manifest = RunManifest.read(file)) {
      assertThat(manifest.horizon(200)).contains(epoch(200));
    }
  }

  @Test
  void shouldCutALineThatWasNotFinished() throws IOException {
    try (RunManifest manifest = RunManifest.create(file, Map.of())) {
      manifest.append(epoch(0));
    }
    Files.writeString(file, "{\"kind\":\"horizon\",\"hori", StandardOpenOption.APPEND);
    try (RunManifest manifest = RunManifest.open(file)) {
      assertThat(manifest.horizons()).containsExactly(epoch(0));
      manifest.append(epoch(1));
    }
    assertThat(Files.readAllLines(file)).hasSize(3);
    try (RunManifest manifest = RunManifest.open(file)) {
      assertThat(manifest.horizons()).containsExactly(epoch(0), epoch(1));
    }
  }

  @Test
  void shouldLeaveTheFileOfARunThatIsStillWritingAsItIs() throws IOException {
    try (RunManifest manifest = RunManifest.create(file, Map.of("seed", 7))) {
      manifest.append("note", Map.of("text", "whole"));
    }
    Files.writeString(file, "{\"kind\":\"note\"", StandardOpenOption.APPEND);
    byte[] before = Files.readAllBytes(file);

    try (RunManifest manifest = RunManifest.read(file)) {
      assertThat(manifest.entries("note")).hasSize(1);
    }

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void shouldBeWrittenByOneAtATime() {
    try (RunManifest manifest = RunManifest.create(file, Map.of())) {
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> RunManifest.open(file))
          .withMessageContaining("manifest.jsonl is in use by another training");
      manifest.append(epoch(0));
    }
    try (RunManifest manifest = RunManifest.open(file)) {
      assertThat(manifest.horizons()).containsExactly(epoch(0));
    }
  }

  @Test
  void shouldLeaveNoFileWhereItsFirstLineCannotBeWritten() {
    Map<String, Object> notJson = Map.of("seed", new Object());
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> RunManifest.create(file, notJson))
        .withMessageStartingWith("Cannot write the manifest " + file);
    assertThat(file).doesNotExist();
  }

  @Test
  void shouldGiveAReplayTheHorizonsOfTheRecordedRun() {
    try (RunManifest recorded = RunManifest.create(file, Map.of("seed", 1))) {
      recorded.append(epoch(0));
      try (RunManifest replay =
          RunManifest.createReplay(directory.resolve("replay"), Map.of("seed", 1), recorded)) {
        assertThat(replay.horizons()).containsExactly(epoch(0));
      }
    }
  }

  @Test
  void shouldRefuseAnEpochThatCannotFollow() throws IOException {
    String recorded;
    try (RunManifest manifest = RunManifest.create(file, Map.of())) {
      manifest.append(epoch(0));
    }
    recorded = Files.readString(file);
    String line = recorded.lines().toList().getLast();
    for (String epoch : new String[] {"-1", "0"}) {
      String damaged = line.replace("\"epoch\":0", "\"epoch\":" + epoch);
      Files.writeString(file, recorded + damaged + "\n");
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> RunManifest.read(file))
          .withMessageContaining("Line 3")
          .withMessageContaining("epoch " + epoch);
    }

    // A number far off costs no memory.
    Files.writeString(file, recorded + line.replace("\"epoch\":0", "\"epoch\":2000000000") + "\n");
    try (RunManifest manifest = RunManifest.read(file)) {
      assertThat(manifest.horizon(0)).contains(epoch(0));
      assertThat(manifest.horizon(1)).isEmpty();
    }
  }

  @Test
  void shouldRefuseWhatIsNoManifest() throws IOException {
    Files.writeString(file, "{\"kind\":\"other\"}\n");
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> RunManifest.open(file))
        .withMessageContaining("manifest.jsonl");
    Files.writeString(file, "no json\n");
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> RunManifest.open(file))
        .withMessageContaining("Line 1");
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> RunManifest.create(file, Map.of()))
        .withMessageContaining("is there already");
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> RunManifest.open(directory.resolve("none")))
        .withMessageContaining("none");
  }
}
