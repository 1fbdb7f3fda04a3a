package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.ssl.loss.ByolLoss;
import io.viewstream.trainer.ssl.network.MultilayerPerceptron;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.ssl.network.TensorScope;

/**
 * BYOL: a predictor on one view's projection meets what a slowly following copy of the network
 * makes of the other view. There are no negatives.
 *
 * @see <a href="https://arxiv.org/abs/2006.07733">Grill et al. 2020, Bootstrap Your Own Latent</a>
 */
public final class Byol implements SelfSupervisedMethod {

  private final NamedTensors tensors;
  private final ResNetBackbone backbone;
  private final MultilayerPerceptron projector;
  private final MultilayerPerceptron predictor;
  private final MomentumEncoder target;
  private final ByolLoss loss = new ByolLoss();

  /**
   * Fresh networks; the target begins as a copy.
   *
   * @param parent borrowed; gives engine and device
   * @param architecture of the backbone
   * @param settings of the heads
   * @param seed of the first parameters
   */
  public Byol(NDManager parent, ResNetArchitecture architecture, Settings settings, long seed) {
    this.tensors = new NamedTensors(parent, seed);
    TensorScope root = tensors.root();
    this.backbone = new ResNetBackbone(root.child("backbone"), architecture);
    this.projector = settings.projector(root.child("projector"), architecture);
    this.predictor =
        MultilayerPerceptron.normalised(
            root.child("predictor"),
            settings.projectorOutput(),
            settings.predictorHidden(),
            settings.projectorOutput(),
            true);
    this.target =
        new MomentumEncoder(
            tensors,
            architecture,
            scope -> settings.projector(scope, architecture),
            settings.baseMomentum(),
            settings.finalMomentum());
  }

  @Override
  public String name() {
    return "byol";
  }

  @Override
  public NDArray loss(NDArray first, NDArray second) {
    ViewPair views = new ViewPair(first, second);
    return views.map(this::predict).crossed(views.map(target::project), loss::loss);
  }

  private NDArray predict(NDArray images) {
    return predictor.forward(projector.forward(backbone.forward(images, true), true), true);
  }

  @Override
  public void afterStep(long step, long totalSteps) {
    target.follow(step, totalSteps);
  }

  @Override
  public NamedTensors tensors() {
    return tensors;
  }

  @Override
  public ResNetBackbone backbone() {
    return backbone;
  }

  @Override
  public void close() {
    tensors.close();
  }

  /**
   * Settings of the heads.
   *
   * @param projectorHidden width of the projector's hidden layer; 4096 in the paper's configuration
   * @param projectorOutput dimension of the projection; 256 there
   * @param predictorHidden width of the predictor's hidden layer; 4096 there
   * @param baseMomentum τ of the first step; 0.99 there
   * @param finalMomentum τ at the end; 1 there
   */
  public record Settings(
      int projectorHidden,
      int projectorOutput,
      int predictorHidden,
      double baseMomentum,
      double finalMomentum)
      implements MethodSettings {

    @Override
    public SelfSupervisedMethod create(
        NDManager parent, ResNetArchitecture architecture, long seed) {
      return new Byol(parent, architecture, this, seed);
    }

    @Override
    public boolean accumulates() {
      return true;
    }

    private MultilayerPerceptron projector(TensorScope scope, ResNetArchitecture architecture) {
      return MultilayerPerceptron.normalised(
          scope, architecture.featureCount(), projectorHidden, projectorOutput, true);
    }
  }
}
