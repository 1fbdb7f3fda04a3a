package io.viewstream.tensorrt.internal;

import java.util.List;

/** A plan on a device, ready to run. Any thread may call it; calls wait for each other. */
public interface ExecutablePlan extends AutoCloseable {

  List<TensorSpec> inputs();

  List<TensorSpec> outputs();

  /**
   * Runs the plan and waits for its result.
   *
   * @param values one for each input, in the order of {@link #inputs}
   * @return one for each output, in the order of {@link #outputs}
   */
  List<HostTensor> run(List<HostTensor> values);

  @Override
  void close();
}
