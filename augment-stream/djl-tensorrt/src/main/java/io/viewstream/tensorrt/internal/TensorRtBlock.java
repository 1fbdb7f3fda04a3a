package io.viewstream.tensorrt.internal;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plan as DJL's block. Inputs are matched by name if they have names, else by order. */
final class TensorRtBlock extends AbstractSymbolBlock {

  private final String model;
  private final ExecutablePlan plan;

  /** Borrows the plan. */
  TensorRtBlock(String model, ExecutablePlan plan) {
    this.model = model;
    this.plan = plan;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameterStore,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> parameters) {
    List<TensorSpec> expected = plan.inputs();
    if (inputs.size() != expected.size()) {
      throw new EngineException(
          "%s has the inputs %s and was given %d".formatted(model, names(expected), inputs.size()));
    }
    NDManager manager = inputs.head().getManager();
    List<HostTensor> values = new ArrayList<>(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      values.add(value(inputs, i, expected.get(i)));
    }
    List<HostTensor> results = plan.run(values);
    NDList outputs = new NDList(results.size());
    for (int i = 0; i < results.size(); i++) {
      outputs.add(array(manager, results.get(i), plan.outputs().get(i).name()));
    }
    return outputs;
  }

  private HostTensor value(NDList inputs, int index, TensorSpec expected) {
    NDArray array = inputs.get(index);
    if (inputs.head().getName() != null) {
      array = inputs.get(expected.name());
      if (array == null) {
        throw new EngineException(
            "%s has the inputs %s; %s was not among those given"
                .formatted(model, names(plan.inputs()), expected.name()));
      }
    }
    if (array.getDataType() != expected.type()) {
      throw new EngineException(
          "%s: input %s is %s and was given %s"
              .formatted(model, expected.name(), expected.type(), array.getDataType()));
    }
    return new HostTensor(array.getDataType(), array.getShape(), array.toByteBuffer());
  }

  private static NDArray array(NDManager manager, HostTensor result, String name) {
    NDArray array =
        manager instanceof TensorRtNDManager own
            ? own.create(result)
            : manager.create(result.content(), result.shape(), result.type());
    array.setName(name);
    return array;
  }

  private static List<String> names(List<TensorSpec> specs) {
    return specs.stream().map(TensorSpec::name).toList();
  }

  @Override
  public PairList<String, Shape> describeInput() {
    return describe(plan.inputs());
  }

  @Override
  public PairList<String, Shape> describeOutput() {
    return describe(plan.outputs());
  }

  private static PairList<String, Shape> describe(List<TensorSpec> specs) {
    PairList<String, Shape> description = new PairList<>();
    specs.forEach(spec -> description.add(spec.name(), spec.shape()));
    return description;
  }

  @Override
  public void removeLastBlock() {
    throw new UnsupportedOperationException("A plan is one piece");
  }

  @Override
  public ParameterList getDirectParameters() {
    throw new UnsupportedOperationException("A plan's weights cannot be read");
  }
}
