package io.viewstream.tensorrt.internal;

import ai.djl.BaseModel;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import io.viewstream.tensorrt.TensorRtSettings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model. Loading it takes its plan from the cache, or builds it first, which takes minutes.
 * Options are those of {@link BatchProfile}, and {@code tf32}.
 *
 * <p>One plan serves all predictors; their calls wait for each other.
 */
public final class TensorRtModel extends BaseModel {

  /** Makes a plan ready to run. */
  @FunctionalInterface
  public interface PlanSource {
    /**
     * Opens the plan of a model.
     *
     * @param onnx the model
     * @param profile the shapes that the plan must take
     * @param tf32 whether float32 products may be rounded to TF32
     * @return owned by the caller
     */
    ExecutablePlan open(Path onnx, BatchProfile profile, boolean tf32);
  }

  private static final String SUFFIX = ".onnx";
  private static final String TF32 = "tf32";

  private final PlanSource plans;
  private final TensorRtSettings settings;
  // Set once by load; null before.
  private @Nullable ExecutablePlan plan;

  /** Owns the manager. */
  public TensorRtModel(
      String name, TensorRtNDManager manager, PlanSource plans, TensorRtSettings settings) {
    super(name);
    this.manager = manager;
    this.manager.setName("tensorrtModel");
    this.dataType = DataType.FLOAT32;
    this.plans = plans;
    this.settings = settings;
  }

  @Override
  public void load(Path modelPath, @Nullable String prefix, @Nullable Map<String, ?> options)
      throws IOException {
    if (block != null) {
      throw new EngineException("Engine TensorRT runs ONNX files, not blocks");
    }
    setModelDir(modelPath);
    Path file = findFile(prefix);
    Map<String, ?> given = options == null ? Map.of() : options;
    Object tf32 = given.get(TF32);
    plan =
        plans.open(
            file,
            BatchProfile.of(given, settings.maxBatch()),
            tf32 == null ? settings.tf32() : Boolean.parseBoolean(tf32.toString()));
    block = new TensorRtBlock(file.toString(), plan);
    wasLoaded = true;
  }

  private Path findFile(@Nullable String prefix) throws FileNotFoundException {
    if (Files.isRegularFile(modelDir)) {
      Path file = modelDir;
      modelDir = file.toAbsolutePath().getParent();
      return file;
    }
    Stream<String> names =
        prefix == null
            ? Stream.of(modelName, modelDir.getFileName().toString(), "model")
            : Stream.of(prefix);
    return names
        .flatMap(name -> Stream.of(name, name + SUFFIX))
        .map(modelDir::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new FileNotFoundException(
                    "%s holds no ONNX file named %s"
                        .formatted(modelDir, prefix == null ? modelName : prefix)));
  }

  @Override
  public void close() {
    try (ExecutablePlan closing = plan) {
      plan = null;
    } finally {
      super.close();
    }
  }
}
