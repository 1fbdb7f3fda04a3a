package io.viewstream.tensorrt.internal;

import ai.djl.engine.EngineException;
import io.viewstream.tensorrt.TensorRtSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Takes plans for one GPU from the cache, builds what is missing, and rebuilds what does not load.
 */
public final class CachedPlans implements TensorRtModel.PlanSource {

  private static final String STRICT = "strict";
  private static final String TF32 = "tf32";

  private final TensorRtPlatform platform;
  private final int gpu;
  private final TensorRtSettings settings;
  private final BuilderProcess builder;
  private final PlanCache cache;

  private CachedPlans(
      TensorRtPlatform platform, int gpu, TensorRtSettings settings, BuilderProcess builder) {
    this.platform = platform;
    this.gpu = gpu;
    this.settings = settings;
    this.builder = builder;
    this.cache =
        new PlanCache(
            settings.planCache(),
            settings.planCacheBytes(),
            settings.buildDeadline().multipliedBy(2),
            InstantSource.system());
  }

  /** The plans of one GPU. */
  public static CachedPlans of(TensorRtPlatform platform, int gpu, TensorRtSettings settings) {
    return of(
        platform,
        gpu,
        settings,
        new BuilderProcess(
            BuilderProcess.javaCommand(BuilderMain.class), settings.buildDeadline()));
  }

  static CachedPlans of(
      TensorRtPlatform platform, int gpu, TensorRtSettings settings, BuilderProcess builder) {
    return new CachedPlans(platform, gpu, settings, builder);
  }

  @Override
  public ExecutablePlan open(Path onnx, BatchProfile profile, boolean tf32) {
    Path file = onnx.toAbsolutePath();
    PlanKey key = key(file, profile, tf32);
    PlanBuilder build = target -> build(key, file, target, profile, tf32);
    PlanFile plan = cache.get(key, build);
    Optional<ExecutablePlan> loaded = platform.load(plan, gpu, onnx.toString());
    if (loaded.isPresent()) {
      return loaded.get();
    }
    PlanFile other = cache.replace(key, plan.sha256(), build);
    return platform
        .load(other, gpu, onnx.toString())
        .orElseThrow(
            () ->
                new EngineException(
                    "TensorRT %s refuses its own plan %s of %s; the log says why"
                        .formatted(platform.version(), other.path(), onnx)));
  }

  private PlanKey key(Path onnx, BatchProfile profile, boolean tf32) {
    try {
      return new PlanKey(
          ModelFiles.sha256(onnx),
          platform.version(),
          platform.gpu(gpu),
          tf32 ? TF32 : STRICT,
          profile.toString());
    } catch (IOException e) {
      throw new EngineException("%s cannot be read: %s".formatted(onnx, e), e);
    }
  }

  private PlanBuilder.Built build(
      PlanKey key, Path onnx, Path target, BatchProfile profile, boolean tf32) {
    platform.requireBuilder();
    String times =
        Sha256.of(
            (key.tensorRtVersion() + "\n" + key.gpu())
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return builder.build(
        new PlanRequest(
            onnx,
            target,
            cache.directory().resolve("times-" + times.substring(0, 24) + ".cache"),
            platform.libraryDirectory(),
            gpu,
            profile,
            tf32,
            settings.workspaceBytes()));
  }
}
