package io.viewstream.tensorrt;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import io.viewstream.tensorrt.internal.CachedPlans;
import io.viewstream.tensorrt.internal.NativeTensorRt;
import io.viewstream.tensorrt.internal.TensorRtModel;
import io.viewstream.tensorrt.internal.TensorRtNDManager;
import io.viewstream.tensorrt.internal.TensorRtPlatform;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine. It runs ONNX files on NVIDIA GPUs and on nothing else.
 *
 * <pre>{@code
 * Criteria.builder()
 *     .setTypes(NDList.class, NDList.class)
 *     .optModelPath(Path.of("model.onnx"))
 *     .optEngine("TensorRT")
 *     .optOption("maxBatch", "32")
 *     .build()
 *     .loadModel();
 * }</pre>
 */
public final class TensorRtEngine extends Engine {

  /** As DJL names it. */
  public static final String NAME = "TensorRT";

  /** Above those of the other engines: DJL's default engine is the one with the lowest. */
  static final int RANK = 20;

  private static final String ARITHMETIC = "PyTorch";
  private static final String NO_ALTERNATIVE = "ai.djl.tensorrt.disable_alternative";
  private static final Logger LOGGER = LoggerFactory.getLogger(TensorRtEngine.class);
  private static final Object LOCK = new Object();

  // Guarded by LOCK. Not a constant: a class that fails to initialise stays broken for good.
  private static @Nullable TensorRtEngine shared;

  private final TensorRtPlatform platform;
  private final TensorRtSettings settings;
  private final IntFunction<TensorRtModel.PlanSource> plans;
  private final @Nullable Engine alternative;
  private final TensorRtNDManager system;

  /**
   * Makes an engine.
   *
   * @param plans by the GPU's ordinal
   */
  TensorRtEngine(
      TensorRtPlatform platform,
      TensorRtSettings settings,
      IntFunction<TensorRtModel.PlanSource> plans) {
    this.platform = platform;
    this.settings = settings;
    this.plans = plans;
    this.alternative = findAlternative();
    this.system = TensorRtNDManager.system(this, Device.gpu());
  }

  static TensorRtEngine shared() {
    synchronized (LOCK) {
      TensorRtEngine engine = shared;
      if (engine == null) {
        TensorRtSettings settings = TensorRtSettings.ofProcess();
        TensorRtPlatform platform = NativeTensorRt.open(settings);
        engine =
            new TensorRtEngine(platform, settings, gpu -> CachedPlans.of(platform, gpu, settings));
        shared = engine;
      }
      return engine;
    }
  }

  /**
   * PyTorch if it is on the class path, for arithmetic on a plan's inputs and results. OnnxRuntime
   * has none of its own, and looks for CUDA whenever it is asked what it can do.
   */
  private static @Nullable Engine findAlternative() {
    return Engine.hasEngine(ARITHMETIC) && !Boolean.getBoolean(NO_ALTERNATIVE)
        ? loaded(() -> Engine.getEngine(ARITHMETIC))
        : null;
  }

  /** Null if it cannot be loaded: plans run without it. */
  static @Nullable Engine loaded(Supplier<Engine> engine) {
    try {
      return engine.get();
    } catch (RuntimeException | LinkageError e) {
      LOGGER.warn(
          "Engine {} cannot be loaded, so arrays of engine {} are without arithmetic: {}",
          ARITHMETIC,
          NAME,
          e.toString());
      return null;
    }
  }

  /** See the property {@code ai.djl.tensorrt.disable_alternative}. */
  @Override
  public @Nullable Engine getAlternativeEngine() {
    return alternative;
  }

  @Override
  public String getEngineName() {
    return NAME;
  }

  @Override
  public int getRank() {
    return RANK;
  }

  @Override
  public String getVersion() {
    return platform.version();
  }

  @Override
  public boolean hasCapability(String capability) {
    return StandardCapabilities.CUDA.equals(capability);
  }

  /**
   * The first GPU. DJL itself would look for one through the CUDA toolkit, which need not be there.
   */
  @Override
  public Device defaultDevice() {
    return Device.gpu();
  }

  @Override
  public int getGpuCount() {
    return platform.gpuCount();
  }

  /**
   * An empty model on a GPU.
   *
   * @param device null for the first GPU
   * @throws IllegalArgumentException it is none, or this machine has fewer
   */
  @Override
  public Model newModel(String name, @Nullable Device device) {
    Device gpu = device == null ? defaultDevice() : device;
    requireGpu(gpu);
    // Before the manager, which would stay behind if it fails.
    TensorRtModel.PlanSource source = plans.apply(gpu.getDeviceId());
    return new TensorRtModel(name, newManager(gpu), source, settings);
  }

  @Override
  public NDManager newBaseManager() {
    return newBaseManager(null);
  }

  @Override
  public NDManager newBaseManager(@Nullable Device device) {
    return newManager(device == null ? defaultDevice() : device);
  }

  private TensorRtNDManager newManager(Device device) {
    requireGpu(device);
    return system.newSubManager(device);
  }

  private void requireGpu(Device device) {
    if (!device.isGpu() || device.getDeviceId() >= getGpuCount()) {
      throw new IllegalArgumentException(
          "Engine TensorRT runs on a GPU, of which this machine has %d; %s is none of them"
              .formatted(getGpuCount(), device));
    }
  }

  @Override
  public String toString() {
    return "%s:%s".formatted(NAME, getVersion());
  }
}
