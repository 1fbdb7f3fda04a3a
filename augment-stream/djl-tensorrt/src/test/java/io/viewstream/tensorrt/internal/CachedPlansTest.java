package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import io.viewstream.tensorrt.TensorRtSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedPlansTest {

  private static final BatchProfile PROFILE = new BatchProfile(1, 8, 32, Map.of());

  @TempDir Path folder;

  private final FakePlatform platform = new FakePlatform();

  private CachedPlans plans() {
    TensorRtSettings settings =
        new TensorRtSettings(
            Optional.empty(),
            folder.resolve("plans"),
            Long.MAX_VALUE,
            Duration.ofSeconds(60),
            1,
            32,
            false);
    return CachedPlans.of(
        platform,
        0,
        settings,
        new BuilderProcess(
            BuilderProcess.javaCommand(BuilderProcessTest.FakeBuilder.class),
            settings.buildDeadline()));
  }

  private Path model() throws IOException {
    return Files.write(folder.resolve("good.onnx"), new byte[0]);
  }

  @Test
  void shouldBuildAPlanForEachProfileAndPrecisionOnce() throws IOException {
    Path model = model();
    for (int i = 0; i < 2; i++) {
      for (BatchProfile profile : List.of(PROFILE, new BatchProfile(1, 8, 64, Map.of()))) {
        plans().open(model, profile, false).close();
      }
      plans().open(model, PROFILE, true).close();
    }

    assertThat(planFiles()).hasSize(3);
    assertThat(platform.openPlans()).isZero();
  }

  @Test
  void shouldBuildAPlanAgainThatTensorRtRefuses() throws IOException {
    platform.refusals = 1;

    plans().open(model(), PROFILE, false).close();

    assertThat(platform.loads).isEqualTo(2);
    assertThat(planFiles()).hasSize(1);
  }

  @Test
  void shouldGiveUpWhenTensorRtRefusesTheNewPlanToo() {
    platform.refusals = 2;

    assertThatThrownBy(() -> plans().open(model(), PROFILE, false))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("TensorRT 11.2.1 refuses its own plan " + folder);
  }

  private List<Path> planFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("plans"))) {
      return files.filter(file -> file.toString().endsWith(".plan")).toList();
    }
  }
}
