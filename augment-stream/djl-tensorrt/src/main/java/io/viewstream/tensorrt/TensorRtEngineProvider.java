package io.viewstream.tensorrt;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/**
 * Makes the engine known to DJL. Being on the class path costs nothing and loads nothing; the first
 * {@link #getEngine} does.
 */
public final class TensorRtEngineProvider implements EngineProvider {

  @Override
  public String getEngineName() {
    return TensorRtEngine.NAME;
  }

  @Override
  public int getEngineRank() {
    return TensorRtEngine.RANK;
  }

  /**
   * The one engine of this process.
   *
   * @throws TensorRtUnavailableException with one line that says what is missing. Nothing stays
   *     half done: a later call looks again and says the same, or succeeds.
   */
  @Override
  public Engine getEngine() {
    return TensorRtEngine.shared();
  }
}
