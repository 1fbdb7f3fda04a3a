package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.ssl.loss.NegativeCosineLoss;
import io.viewstream.trainer.ssl.loss.Scalar;
import io.viewstream.trainer.ssl.network.MultilayerPerceptron;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.ssl.network.TensorScope;

/**
 * SimSiam: a predictor on one view's projection meets the other view's projection, which no
 * gradient reaches. Neither negatives nor a momentum target are needed.
 *
 * @see <a href="https://arxiv.org/abs/2011.10566">Chen and He 2020, Exploring Simple Siamese
 *     Representation Learning</a>
 */
public final class SimSiam implements SelfSupervisedMethod {

  private final NamedTensors tensors;
  private final ResNetBackbone backbone;
  private final MultilayerPerceptron projector;
  private final MultilayerPerceptron predictor;
  private final NegativeCosineLoss loss = new NegativeCosineLoss();

  /**
   * Fresh networks.
   *
   * @param parent borrowed; gives engine and device
   * @param architecture of the backbone
   * @param settings of the heads and the loss
   * @param seed of the first parameters
   */
  public SimSiam(NDManager parent, ResNetArchitecture architecture, Settings settings, long seed) {
    this.tensors = new NamedTensors(parent, seed);
    TensorScope root = tensors.root();
    this.backbone = new ResNetBackbone(root.child("backbone"), architecture);
    this.projector =
        MultilayerPerceptron.threeNormalisedLayers(
            root.child("projector"),
            architecture.featureCount(),
            settings.projectorHidden(),
            settings.projectorOutput());
    this.predictor =
        MultilayerPerceptron.normalised(
            root.child("predictor"),
            settings.projectorOutput(),
            settings.predictorHidden(),
            settings.projectorOutput(),
            false);
  }

  @Override
  public String name() {
    return "simsiam";
  }

  @Override
  public NDArray loss(NDArray first, NDArray second) {
    ViewPair projections = new ViewPair(first, second).map(this::project);
    return projections
        .map(this::predict)
        .crossed(projections, loss::loss)
        .div(Scalar.beside(first, 2));
  }

  private NDArray project(NDArray images) {
    return projector.forward(backbone.forward(images, true), true);
  }

  private NDArray predict(NDArray projections) {
    return predictor.forward(projections, true);
  }

  /** The predictor's rate does not fall (section 4.2 of the paper). */
  @Override
  public boolean hasConstantRate(String parameterName) {
    return parameterName.startsWith("predictor.");
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
   * @param predictorHidden width of the predictor's hidden layer; 512 there
   */
  public record Settings(int projectorHidden, int projectorOutput, int predictorHidden)
      implements MethodSettings {

    @Override
    public SelfSupervisedMethod create(
        NDManager parent, ResNetArchitecture architecture, long seed) {
      return new SimSiam(parent, architecture, this, seed);
    }

    @Override
    public boolean accumulates() {
      return true;
    }
  }
}
