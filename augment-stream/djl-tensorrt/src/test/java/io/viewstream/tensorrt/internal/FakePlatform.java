package io.viewstream.tensorrt.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TensorRT on one GPU that is not there: every plan gives scale · x + shift for x of shape [n, 3].
 */
public final class FakePlatform implements TensorRtPlatform {

  /** The first so many plans are refused. */
  int refusals;

  int loads;
  int openPlans;

  @Override
  public String version() {
    return "11.2.1";
  }

  @Override
  public int gpuCount() {
    return 1;
  }

  @Override
  public String gpu(int ordinal) {
    return "Fake GPU";
  }

  @Override
  public Path libraryDirectory() {
    return Path.of("/nowhere");
  }

  @Override
  public void requireBuilder() {}

  @Override
  public Optional<ExecutablePlan> load(PlanFile plan, int ordinal, String model) {
    loads++;
    return loads <= refusals ? Optional.empty() : Optional.of(plan());
  }

  /** One that counts as open until it is closed. */
  public ExecutablePlan plan() {
    openPlans++;
    return new Line();
  }

  public int openPlans() {
    return openPlans;
  }

  private final class Line implements ExecutablePlan {
    @Override
    public List<TensorSpec> inputs() {
      return List.of(
          new TensorSpec("x", DataType.FLOAT32, new Shape(-1, 3)),
          new TensorSpec("scale", DataType.FLOAT32, new Shape()),
          new TensorSpec("shift", DataType.INT64, new Shape(1)));
    }

    @Override
    public List<TensorSpec> outputs() {
      return List.of(new TensorSpec("y", DataType.FLOAT32, new Shape(-1, 3)));
    }

    @Override
    public List<HostTensor> run(List<HostTensor> values) {
      FloatBuffer x = values.get(0).content().asFloatBuffer();
      float scale = values.get(1).content().getFloat(0);
      long shift = values.get(2).content().getLong(0);
      ByteBuffer y =
          ByteBuffer.allocate(x.remaining() * Float.BYTES).order(ByteOrder.nativeOrder());
      while (x.hasRemaining()) {
        y.putFloat(x.get() * scale + shift);
      }
      return List.of(new HostTensor(DataType.FLOAT32, values.get(0).shape(), y.flip()));
    }

    @Override
    public void close() {
      openPlans--;
    }
  }
}
