package io.viewstream.tensorrt.internal;

import io.viewstream.tensorrt.TensorRtSettings;
import io.viewstream.tensorrt.TensorRtUnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorrt.global.nvinfer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TensorRT in this process. What can be missing is looked for before anything is loaded, the driver
 * first, and all that is missing is said at once. The bindings' classes load their native code when
 * they are initialised and stay broken for good if that fails, so none is touched before then.
 */
public final class NativeTensorRt implements TensorRtPlatform {

  private static final Logger LOGGER = LoggerFactory.getLogger(NativeTensorRt.class);
  private static final String REMEDY =
      "install NVIDIA's driver %s or later and point %slibrary-dir at TensorRT %s's libraries, or"
          + " choose engine OnnxRuntime";

  // Why the bindings' classes are broken for good in this process; null while they are not.
  private static volatile @Nullable String brokenBindings;

  private final CudaDriver driver;
  private final NvidiaLibraries libraries;
  private final String version;

  private NativeTensorRt(CudaDriver driver, NvidiaLibraries libraries, String version) {
    this.driver = driver;
    this.libraries = libraries;
    this.version = version;
  }

  /**
   * Finds and loads what running plans needs.
   *
   * @throws TensorRtUnavailableException one line with all that is missing
   */
  public static NativeTensorRt open(TensorRtSettings settings) {
    return open(CudaDriver.LIBRARY, settings);
  }

  /** The same for libraries whose place is known. */
  static NativeTensorRt open(String driverLibrary, Path libraryDirectory) {
    TensorRtSettings settings = TensorRtSettings.ofProcess();
    return open(
        driverLibrary,
        new TensorRtSettings(
            Optional.of(libraryDirectory),
            settings.planCache(),
            settings.planCacheBytes(),
            settings.buildDeadline(),
            settings.workspaceBytes(),
            settings.maxBatch(),
            settings.tf32()));
  }

  static NativeTensorRt open(String driverLibrary, TensorRtSettings settings) {
    BindingsVersion bindings = BindingsVersion.ofClassPath();
    List<String> missing = new ArrayList<>();
    @Nullable CudaDriver driver = null;
    try {
      driver = CudaDriver.open(driverLibrary);
      if (driver.cudaVersion() < bindings.requiredCuda()) {
        missing.add(
            "the NVIDIA driver is too old (it supports CUDA %d.%d)"
                .formatted(driver.cudaVersion() / 1000, driver.cudaVersion() / 10 % 100));
      }
    } catch (TensorRtUnavailableException e) {
      missing.add(String.valueOf(e.getMessage()));
    }
    @Nullable NvidiaLibraries libraries = null;
    try {
      libraries = NvidiaLibraries.locate(settings, bindings, System.getenv("LD_LIBRARY_PATH"));
    } catch (TensorRtUnavailableException e) {
      missing.add(String.valueOf(e.getMessage()));
    }
    if (driver == null || libraries == null || !missing.isEmpty()) {
      throw unavailable(String.join("; ", missing), bindings);
    }
    @Nullable String broken = brokenBindings;
    if (broken != null) {
      throw unavailable(broken, bindings);
    }
    try {
      String version = libraries.checkedVersion();
      load(libraries);
      return new NativeTensorRt(driver, libraries, version);
    } catch (TensorRtUnavailableException e) {
      throw unavailable(String.valueOf(e.getMessage()), bindings);
    } catch (LinkageError e) {
      String reason =
          "%s cannot be loaded (%s)"
              .formatted(
                  libraries.directory(), String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
      brokenBindings = reason;
      throw unavailable(reason, bindings);
    }
  }

  private static TensorRtUnavailableException unavailable(
      String missing, BindingsVersion bindings) {
    return new TensorRtUnavailableException(
        "TensorRT cannot be used: %s; %s"
            .formatted(
                missing,
                REMEDY.formatted(bindings.requiredDriver(), TensorRtSettings.PREFIX, bindings)));
  }

  /** libnvinfer first: the others depend on it by name. Plans may hold plug-ins. */
  static void load(NvidiaLibraries libraries) {
    libraries.load(NvidiaLibraries.INFERENCE);
    libraries.load(NvidiaLibraries.PLUGINS);
    Loader.load(nvinfer.class);
    if (libraries.bindings().major() >= 11
        && !nvinfer.setInternalLibraryPath(libraries.directory().toString())) {
      // It also finds what it needs beside itself.
      LOGGER.debug("TensorRT does not take {} as its library path", libraries.directory());
    }
  }

  CudaDriver driver() {
    return driver;
  }

  NvidiaLibraries libraries() {
    return libraries;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public int gpuCount() {
    return driver.gpuCount();
  }

  @Override
  public String gpu(int ordinal) {
    return driver.gpu(ordinal).identity();
  }

  @Override
  public Path libraryDirectory() {
    return libraries.directory();
  }

  @Override
  public void requireBuilder() {
    libraries.requireBuilder();
  }

  @Override
  public Optional<ExecutablePlan> load(PlanFile plan, int ordinal, String model) {
    return CudaPlan.open(driver, plan, ordinal, model).map(opened -> opened);
  }
}
