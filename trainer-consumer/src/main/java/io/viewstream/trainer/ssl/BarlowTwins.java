package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.ssl.loss.BarlowTwinsLoss;
import io.viewstream.trainer.ssl.network.MultilayerPerceptron;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.ssl.network.TensorScope;

/**
 * Barlow Twins: over a batch, each feature of one view's projection correlates with the same
 * feature of the other view's and with no other.
 *
 * @see <a href="https://arxiv.org/abs/2103.03230">Zbontar et al. 2021, Barlow Twins</a>
 */
public final class BarlowTwins implements SelfSupervisedMethod {

  private final NamedTensors tensors;
  private final ResNetBackbone backbone;
  private final MultilayerPerceptron projector;
  private final BarlowTwinsLoss loss;

  /**
   * Fresh networks.
   *
   * @param parent borrowed; gives engine and device
   * @param architecture of the backbone
   * @param settings of the heads and the loss
   * @param seed of the first parameters
   */
  public BarlowTwins(
      NDManager parent, ResNetArchitecture architecture, Settings settings, long seed) {
    this.tensors = new NamedTensors(parent, seed);
    TensorScope root = tensors.root();
    this.backbone = new ResNetBackbone(root.child("backbone"), architecture);
    this.projector =
        MultilayerPerceptron.threeLayers(
            root.child("projector"),
            architecture.featureCount(),
            settings.projectorHidden(),
            settings.projectorOutput());
    this.loss = new BarlowTwinsLoss(settings.offDiagonalWeight(), settings.lossScale());
  }

  @Override
  public String name() {
    return "barlow-twins";
  }

  @Override
  public NDArray loss(NDArray first, NDArray second) {
    return loss.loss(project(first), project(second));
  }

  private NDArray project(NDArray images) {
    return projector.forward(backbone.forward(images, true), true);
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
   * Settings of the heads and the loss.
   *
   * @param projectorHidden width of the projector's hidden layers; 4096 in the paper's
   *     configuration
   * @param projectorOutput dimension of the projection; 4096 there
   * @param offDiagonalWeight λ of the loss; 0.0051 there
   * @param lossScale of the loss; 0.048 there
   */
  public record Settings(
      int projectorHidden, int projectorOutput, double offDiagonalWeight, double lossScale)
      implements MethodSettings {

    @Override
    public SelfSupervisedMethod create(
        NDManager parent, ResNetArchitecture architecture, long seed) {
      return new BarlowTwins(parent, architecture, this, seed);
    }
  }
}
