package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Needs a GPU, its driver and TensorRT's libraries; says so and is skipped where one is missing.
 */
class LoadCloseGpuTest {

  private static final int ROUNDS = 200;
  private static final int WARM_UP = 20;
  private static final long MEBIBYTE = 1L << 20;

  @TempDir Path folder;

  @BeforeEach
  void requireGpu() {
    try {
      Engine.getEngine("TensorRT");
    } catch (EngineException e) {
      Assumptions.abort(e.getMessage());
    }
  }

  @Test
  @Timeout(600)
  void shouldKeepNothingOfTwoHundredModels() throws Exception {
    Path onnx = Files.write(folder.resolve("double.onnx"), doublingModel());
    CudaDriver driver = CudaDriver.open(CudaDriver.LIBRARY);
    long context = driver.retainContext(0);
    long residentBefore = 0;
    long freeBefore = 0;
    for (int i = 0; i < ROUNDS; i++) {
      if (i == WARM_UP) {
        residentBefore = residentBytes();
        driver.makeCurrent(context);
        freeBefore = driver.freeBytes();
      }
      runOnce(onnx);
    }
    driver.makeCurrent(context);

    assertThat(residentBytes() - residentBefore).as("resident").isLessThan(64 * MEBIBYTE);
    assertThat(freeBefore - driver.freeBytes()).as("device").isLessThan(16 * MEBIBYTE);
    driver.releaseContext(0);
  }

  private static void runOnce(Path onnx) throws Exception {
    try (Model model = Model.newInstance("double", "TensorRT")) {
      model.load(onnx.getParent(), null, Map.of("maxBatch", "4"));
      try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
          NDManager manager = model.getNDManager().newSubManager();
          NDList result =
              predictor.predict(
                  new NDList(manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2))))) {
        assertThat(result.head().toFloatArray()).containsExactly(2, 4, 6, 8);
      }
    }
  }

  private static long residentBytes() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
    String line =
        lines.stream().filter(text -> text.startsWith("VmRSS:")).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
  }

  /** y = x + x for x of float32 [n, 2], as ONNX. */
  private static byte[] doublingModel() {
    byte[] node =
        Protobuf.join(
            Protobuf.text(1, "x"),
            Protobuf.text(1, "x"),
            Protobuf.text(2, "y"),
            Protobuf.text(4, "Add"));
    byte[] graph =
        Protobuf.join(
            Protobuf.field(1, node), Protobuf.text(2, "double"), value(11, "x"), value(12, "y"));
    byte[] operators = Protobuf.field(8, Protobuf.number(2, 13));
    return Protobuf.join(Protobuf.number(1, 7), Protobuf.field(7, graph), operators);
  }

  private static byte[] value(int field, String name) {
    byte[] batch = Protobuf.field(1, Protobuf.text(2, "n"));
    byte[] width = Protobuf.field(1, Protobuf.number(1, 2));
    byte[] shape = Protobuf.field(2, Protobuf.join(batch, width));
    byte[] tensor = Protobuf.field(1, Protobuf.join(Protobuf.number(1, 1), shape));
    return Protobuf.field(field, Protobuf.join(Protobuf.text(1, name), Protobuf.field(2, tensor)));
  }
}
