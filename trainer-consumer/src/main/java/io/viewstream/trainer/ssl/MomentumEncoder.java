package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import io.viewstream.trainer.ssl.network.Layer;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.ssl.network.TensorScope;
import io.viewstream.trainer.ssl.optimizer.MomentumSchedule;
import io.viewstream.trainer.ssl.optimizer.MomentumTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A second backbone and projector that follow the trained ones as an exponential average. Their
 * tensors are called {@code momentum_backbone…} and {@code momentum_projector…}; no gradient
 * passes. Batch normalisation sees each batch in training mode and keeps statistics of its own, as
 * in solo-learn.
 */
final class MomentumEncoder {

  private static final String PREFIX = "momentum_";

  private final ResNetBackbone backbone;
  private final Layer projector;
  private final MomentumTarget target;
  private final double base;
  private final double last;

  /**
   * A copy of the trained networks, which are declared already as {@code backbone} and {@code
   * projector}.
   *
   * @param projector makes the second projector in a scope
   * @param base momentum of the first step
   * @param last momentum at the end
   */
  MomentumEncoder(
      NamedTensors tensors,
      ResNetArchitecture architecture,
      Function<TensorScope, Layer> projector,
      double base,
      double last) {
    TensorScope scope = tensors.root().untrained();
    this.backbone = new ResNetBackbone(scope.child(PREFIX + "backbone"), architecture);
    this.projector = projector.apply(scope.child(PREFIX + "projector"));
    this.base = base;
    this.last = last;
    List<NDArray> online = new ArrayList<>();
    List<NDArray> following = new ArrayList<>();
    for (Map.Entry<String, NDArray> parameter : tensors.parameters().entrySet()) {
      NDArray counterpart = tensors.buffers().get(PREFIX + parameter.getKey());
      if (counterpart != null) {
        online.add(parameter.getValue());
        following.add(counterpart);
      }
    }
    this.target = new MomentumTarget(online, following);
    target.copy();
  }

  /** Projections, (n, dimension), that no gradient reaches. */
  NDArray project(NDArray images) {
    return projector.forward(backbone.forward(images, true), true).stopGradient();
  }

  /** Moves towards the trained networks after a step. */
  void follow(long step, long totalSteps) {
    target.follow(new MomentumSchedule(base, last, totalSteps).momentum(step));
  }
}
