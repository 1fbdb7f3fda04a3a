package io.viewstream.tensorrt.internal;

import java.nio.file.Path;
import java.util.Optional;

/** TensorRT with its GPUs, as the engine sees them. */
public interface TensorRtPlatform {

  /** TensorRT's version, three numbers. */
  String version();

  int gpuCount();

  /**
   * What plans for this GPU are tied to.
   *
   * @param ordinal of the GPU, from 0
   */
  String gpu(int ordinal);

  /** Where NVIDIA's libraries are. */
  Path libraryDirectory();

  /**
   * Checks that this machine can also build plans.
   *
   * @throws io.viewstream.tensorrt.TensorRtUnavailableException names what is missing
   */
  void requireBuilder();

  /**
   * Puts a plan on a GPU.
   *
   * @param plan a whole and undamaged file
   * @param model for messages
   * @return empty if TensorRT refuses the plan
   */
  Optional<ExecutablePlan> load(PlanFile plan, int ordinal, String model);
}
