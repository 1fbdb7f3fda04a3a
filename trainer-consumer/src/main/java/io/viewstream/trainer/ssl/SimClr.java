package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.ssl.loss.NtXentLoss;
import io.viewstream.trainer.ssl.network.MultilayerPerceptron;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetBackbone;

/**
 * SimCLR: the projections of two views of an image attract each other and repel those of all other
 * images in the batch.
 *
 * @see <a href="https://arxiv.org/abs/2002.05709">Chen et al. 2020, A Simple Framework for
 *     Contrastive Learning</a>
 */
public final class SimClr implements SelfSupervisedMethod {

  private final NamedTensors tensors;
  private final ResNetBackbone backbone;
  private final MultilayerPerceptron projector;
  private final NtXentLoss loss;

  /**
   * Fresh networks.
   *
   * @param parent borrowed; gives engine and device
   * @param architecture of the backbone
   * @param settings of projector and loss
   * @param seed of the first parameters
   */
  public SimClr(NDManager parent, ResNetArchitecture architecture, Settings settings, long seed) {
    this.tensors = new NamedTensors(parent, seed);
    this.backbone = new ResNetBackbone(tensors.root().child("backbone"), architecture);
    this.projector =
        MultilayerPerceptron.plain(
            tensors.root().child("projector"),
            architecture.featureCount(),
            settings.projectorHidden(),
            settings.projectorOutput());
    this.loss = new NtXentLoss(settings.temperature());
  }

  @Override
  public String name() {
    return "simclr";
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
   * Settings of projector and loss.
   *
   * @param projectorHidden width of the projector's hidden layer; 4096 in the paper's configuration
   * @param projectorOutput dimension of the projection; 512 there
   * @param temperature τ of the loss; 0.2 there
   */
  public record Settings(int projectorHidden, int projectorOutput, double temperature)
      implements MethodSettings {

    @Override
    public SelfSupervisedMethod create(
        NDManager parent, ResNetArchitecture architecture, long seed) {
      return new SimClr(parent, architecture, this, seed);
    }
  }
}
