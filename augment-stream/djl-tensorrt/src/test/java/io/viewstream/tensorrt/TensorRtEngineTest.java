package io.viewstream.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.viewstream.tensorrt.internal.FakePlatform;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorRtEngineTest {

  @TempDir Path folder;

  private final FakePlatform platform = new FakePlatform();
  private final TensorRtEngine engine =
      new TensorRtEngine(
          platform, TensorRtSettings.ofProcess(), gpu -> (onnx, profile, tf32) -> platform.plan());

  private static void assumeNoGpu() {
    boolean usable;
    try {
      Engine.getEngine(TensorRtEngine.NAME);
      usable = true;
    } catch (TensorRtUnavailableException e) {
      usable = false;
    }
    Assumptions.assumeFalse(usable, "TensorRT works on this machine");
  }

  @Test
  void shouldLeaveTheDefaultEngineToOthers() {
    assertThat(Engine.getAllEngines()).contains(TensorRtEngine.NAME, "OnnxRuntime");
    assertThat(Engine.getDefaultEngineName()).isEqualTo("OnnxRuntime");
    assertThat(Engine.getInstance().getEngineName()).isEqualTo("OnnxRuntime");
  }

  @Test
  void shouldSayTheSameEveryTimeWhenItCannotBeUsed() {
    assumeNoGpu();
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelPath(folder)
            .optTranslator(new NoopTranslator())
            .optEngine(TensorRtEngine.NAME)
            .build();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(criteria::loadModel)
          .isInstanceOf(TensorRtUnavailableException.class)
          .hasMessageStartingWith("TensorRT cannot be used: ");
      assertThatThrownBy(() -> Model.newInstance("model", TensorRtEngine.NAME))
          .isInstanceOf(TensorRtUnavailableException.class)
          .message()
          .doesNotContain("\n");
    }
    assertThat(Engine.getInstance().getEngineName()).isEqualTo("OnnxRuntime");
  }

  @Test
  void shouldRunAModelByNamesAndByOrder() throws Exception {
    Files.createFile(folder.resolve("line.onnx"));
    try (Model model = engine.newModel("line", null)) {
      model.load(folder);
      assertThat(model.describeInput().keys()).containsExactly("x", "scale", "shift");
      assertThat(model.describeOutput().keys()).containsExactly("y");
      try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
          NDManager manager = model.getNDManager().newSubManager()) {
        NDList inputs = inputs(manager);
        assertThat(run(predictor, inputs)).containsExactly(3, 5, 7, 9, 11, 13);
        inputs.get(0).setName("x");
        inputs.get(1).setName("scale");
        inputs.get(2).setName("shift");
        NDList shuffled = new NDList(inputs.get(2), inputs.get(0), inputs.get(1));
        assertThat(run(predictor, shuffled)).containsExactly(3, 5, 7, 9, 11, 13);
        inputs.get(1).setName("size");
        assertThatThrownBy(() -> predictor.predict(shuffled))
            .rootCause()
            .hasMessage(
                folder.resolve("line.onnx")
                    + " has the inputs [x, scale, shift]; scale was not among those given");
      }
    }
    assertThat(platform.openPlans()).isZero();
  }

  @Test
  void shouldNameTheInputOfTheWrongType() throws Exception {
    Files.createFile(folder.resolve("line.onnx"));
    try (Model model = engine.newModel("line", null)) {
      model.load(folder);
      try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
          NDManager manager = model.getNDManager().newSubManager()) {
        NDList inputs = inputs(manager);
        inputs.set(2, manager.create(1f));

        assertThatThrownBy(() -> predictor.predict(inputs))
            .rootCause()
            .isInstanceOf(EngineException.class)
            .hasMessageEndingWith("input shift is int64 and was given float32");
        assertThatThrownBy(() -> predictor.predict(new NDList(inputs.get(0))))
            .rootCause()
            .hasMessageEndingWith("has the inputs [x, scale, shift] and was given 1");
      }
    }
  }

  @Test
  void shouldHoldArraysOfEveryType() {
    try (NDManager manager = engine.newBaseManager()) {
      NDArray floats = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
      assertThat(floats.toFloatArray()).containsExactly(1, 2, 3, 4);
      assertThat(floats.getDevice()).isEqualTo(Device.gpu());
      assertThat(manager.create(new long[] {1L << 40}).toLongArray()).containsExactly(1L << 40);
      assertThat(manager.create(new boolean[] {true, false}).toBooleanArray())
          .containsExactly(true, false);
      assertThat(manager.zeros(new Shape(3), DataType.FLOAT16).getDataType())
          .isEqualTo(DataType.FLOAT16);
      floats.set(new float[] {5, 6, 7, 8});
      assertThat(floats.toFloatArray()).containsExactly(5, 6, 7, 8);
      floats.close();
      assertThatThrownBy(floats::toFloatArray).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldCloseArraysWithTheirManagerAndKeepDetachedOnes() {
    NDArray kept;
    NDArray lost;
    try (NDManager manager = engine.newBaseManager()) {
      kept = manager.create(new float[] {1});
      lost = manager.create(new float[] {2});
      kept.detach();
    }
    assertThat(kept.toFloatArray()).containsExactly(1);
    assertThatThrownBy(lost::toFloatArray).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldDoWithoutAnEngineThatCannotBeLoaded() {
    assertThat(
            TensorRtEngine.loaded(
                () -> {
                  throw new EngineException("no native library");
                }))
        .isNull();
    assertThat(
            TensorRtEngine.loaded(
                () -> {
                  throw new NoClassDefFoundError("ai/djl/pytorch/jni/LibUtils");
                }))
        .isNull();
    assertThat(TensorRtEngine.loaded(() -> engine)).isSameAs(engine);
  }

  @Test
  void shouldRefuseWhatIsNoGpuOfThisMachine() {
    assertThatThrownBy(() -> engine.newModel("line", Device.cpu()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Engine TensorRT runs on a GPU, of which this machine has 1; cpu() is none of them");
    assertThatThrownBy(() -> engine.newBaseManager(Device.gpu(1)))
        .hasMessageEndingWith("gpu(1) is none of them");
  }

  @Test
  void shouldNameTheFileThatIsMissing() {
    try (Model model = engine.newModel("line", null)) {
      assertThatThrownBy(() -> model.load(folder, "other"))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessage(folder + " holds no ONNX file named other");
    }
  }

  @Test
  void shouldNameTheOptionThatIsWrong() throws IOException {
    Files.createFile(folder.resolve("line.onnx"));
    for (Map<String, String> options :
        List.of(
            Map.of("maxBatch", "many"),
            Map.of("shapes.x", "1x3/2x3"),
            Map.of("shapes.x", "4x3/2x3/8x3"))) {
      try (Model model = engine.newModel("line", null)) {
        String name = options.keySet().iterator().next();
        assertThatThrownBy(() -> model.load(folder, null, options))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(
                "Option %s is %s and must be ".formatted(name, options.get(name)));
      }
    }
  }

  private static NDList inputs(NDManager manager) {
    return new NDList(
        manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3)),
        manager.create(2f),
        manager.create(new long[] {1}));
  }

  private static float[] run(Predictor<NDList, NDList> predictor, NDList inputs)
      throws TranslateException {
    try (NDList outputs = predictor.predict(inputs)) {
      assertThat(outputs.head().getName()).isEqualTo("y");
      assertThat(outputs.head().getShape()).isEqualTo(new Shape(2, 3));
      return outputs.head().toFloatArray();
    }
  }
}
