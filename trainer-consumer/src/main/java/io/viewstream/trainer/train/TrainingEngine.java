package io.viewstream.trainer.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DJL's PyTorch engine on one device. Owns the manager that everything else lives under.
 *
 * <p>The environment variable {@code OMP_WAIT_POLICY=PASSIVE}, to be set before the process starts,
 * keeps the engine's threads from spinning while they wait for each other. On cores that other work
 * shares (a broker, decoding threads) steps are then up to ten times faster; losses are the same.
 *
 * <p>The number of threads is the engine's, for the whole process. One gradient is collected at a
 * time in a process; that is DJL's limit.
 */
public final class TrainingEngine implements AutoCloseable {

  private static final String NAME = "PyTorch";
  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

  private final Engine engine;
  private final NDManager manager;

  private TrainingEngine(Engine engine, NDManager manager) {
    this.engine = engine;
    this.manager = manager;
  }

  /**
   * Loads the engine.
   *
   * @param device cpu, cuda or cuda:N
   * @param threads of the engine, or 0 for its own choice
   * @throws SettingsException if there is no such device name
   * @throws EngineException if the device is not there or the engine cannot be loaded
   */
  public static TrainingEngine start(String device, int threads) {
    requireDeviceName(device);
    if (threads < 0 || threads > 1024) {
      throw new SettingsException(
          "engine-threads is %d; it must be from 1 to 1024".formatted(threads));
    }
    try {
      Engine engine = Engine.getEngine(NAME);
      Device wanted = Device.cpu();
      if (!device.equals("cpu")) {
        Matcher cuda = CUDA.matcher(device);
        int index = !cuda.matches() || cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
        if (index >= engine.getGpuCount()) {
          throw new EngineException(
              "No device %s: the engine sees %d CUDA devices; use --device cpu, or give the engine a CUDA build of its library (PYTORCH_LIBRARY_PATH; docs/training.md)"
                  .formatted(device, engine.getGpuCount()));
        }
        wanted = Device.gpu(index);
      }
      if (threads > 0) {
        JniUtils.setNumThreads(threads);
      }
      return new TrainingEngine(engine, NDManager.newBaseManager(wanted, NAME));
    } catch (ai.djl.engine.EngineException e) {
      throw new EngineException(
          "The engine %s cannot be loaded: %s".formatted(NAME, e.getMessage()), e);
    }
  }

  /**
   * Checks the name of a device before anything is loaded.
   *
   * @throws SettingsException if there is no such name
   */
  public static void requireDeviceName(String device) {
    if (device.contains(",")) {
      throw new SettingsException(
          "device is '%s'; training on several devices is not there yet, name one"
              .formatted(device));
    }
    if (!device.equals("cpu") && !CUDA.matcher(device).matches()) {
      throw new SettingsException(
          "device is '%s'; it must be cpu, or cuda:N such as cuda:0".formatted(device));
    }
  }

  /** The manager that all tensors descend from. */
  public NDManager manager() {
    return manager;
  }

  /** Threads of the engine inside one operation. */
  public int threads() {
    return JniUtils.getNumThreads();
  }

  /** Name and version. */
  public String description() {
    return NAME + " " + engine.getVersion() + " on " + manager.getDevice();
  }

  /** Records, until it is closed, what gradients need. */
  GradientCollector collectGradients() {
    return engine.newGradientCollector();
  }

  /**
   * Turns the recording of gradients off for the calling thread. The engine's default for a new
   * thread is on, which makes every result of a parameter keep all that led to it.
   */
  public void withoutGradients() {
    JniUtils.setGradMode(false);
  }

  @Override
  public void close() {
    manager.close();
  }
}
