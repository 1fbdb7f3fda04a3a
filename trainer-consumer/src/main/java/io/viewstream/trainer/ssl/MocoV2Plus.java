package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.ssl.loss.InfoNceLoss;
import io.viewstream.trainer.ssl.loss.Scalar;
import io.viewstream.trainer.ssl.loss.UnitRows;
import io.viewstream.trainer.ssl.network.MultilayerPerceptron;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.ssl.network.TensorScope;
import org.jspecify.annotations.Nullable;

/**
 * MoCo v2+: a query finds its key, made of the other view by a slowly following copy of the
 * network, among the keys of many earlier batches. Both views are query once, and there is a queue
 * for each.
 *
 * @see <a href="https://arxiv.org/abs/1911.05722">He et al. 2019, Momentum Contrast</a>
 * @see <a href="https://arxiv.org/abs/2003.04297">Chen et al. 2020, Improved Baselines with
 *     Momentum Contrastive Learning</a>
 */
public final class MocoV2Plus implements SelfSupervisedMethod {

  private final NamedTensors tensors;
  private final ResNetBackbone backbone;
  private final MultilayerPerceptron projector;
  private final MomentumEncoder keyEncoder;
  private final KeyQueue queue;
  private final InfoNceLoss loss;

  /** Keys of the last batch, (2, n, dimension), until its step is done. */
  private @Nullable NDArray newKeys;

  /**
   * Fresh networks; the key encoder begins as a copy.
   *
   * @param parent borrowed; gives engine and device
   * @param architecture of the backbone
   * @param settings of projector, queue and loss
   * @param seed of the first parameters
   */
  public MocoV2Plus(
      NDManager parent, ResNetArchitecture architecture, Settings settings, long seed) {
    this.tensors = new NamedTensors(parent, seed);
    TensorScope root = tensors.root();
    this.backbone = new ResNetBackbone(root.child("backbone"), architecture);
    this.projector = settings.projector(root.child("projector"), architecture);
    this.keyEncoder =
        new MomentumEncoder(
            tensors,
            architecture,
            scope -> settings.projector(scope, architecture),
            settings.baseMomentum(),
            settings.finalMomentum());
    this.queue = new KeyQueue(root, settings.projectorOutput(), settings.queueSize());
    this.loss = new InfoNceLoss(settings.temperature());
  }

  @Override
  public String name() {
    return "moco";
  }

  @Override
  public NDArray loss(NDArray first, NDArray second) {
    ViewPair views = new ViewPair(first, second);
    ViewPair queries = views.map(this::query);
    ViewPair keys = views.map(this::key);
    NDArray sum =
        loss.loss(queries.first(), keys.second(), queue(1, first.getManager()))
            .add(loss.loss(queries.second(), keys.first(), queue(0, first.getManager())));
    keep(NDArrays.stack(new NDList(keys.first(), keys.second())).stopGradient());
    return sum.div(Scalar.beside(first, 2));
  }

  private NDArray query(NDArray images) {
    return UnitRows.of(projector.forward(backbone.forward(images, true), true));
  }

  private NDArray key(NDArray images) {
    return UnitRows.of(keyEncoder.project(images));
  }

  /** The keys of one view, for as long as the step. */
  private NDArray queue(int view, NDManager step) {
    NDArray keys = queue.keysOf(view);
    keys.attach(step);
    return keys;
  }

  private void keep(@Nullable NDArray keys) {
    if (newKeys != null) {
      newKeys.close();
    }
    if (keys != null) {
      keys.attach(tensors.manager());
    }
    newKeys = keys;
  }

  @Override
  public void afterStep(long step, long totalSteps) {
    keyEncoder.follow(step, totalSteps);
    NDArray keys = newKeys;
    if (keys != null) {
      queue.enqueue(keys);
      keep(null);
    }
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
   * Settings of projector, queue and loss.
   *
   * @param projectorHidden width of the projector's hidden layer; 2048 in the paper's configuration
   * @param projectorOutput dimension of the projection; 256 there
   * @param temperature τ of the loss; 0.2 there
   * @param queueSize keys of each view, a multiple of the batch; 65536 there
   * @param baseMomentum τ of the first step; 0.99 there
   * @param finalMomentum τ at the end; 0.999 there
   */
  public record Settings(
      int projectorHidden,
      int projectorOutput,
      double temperature,
      int queueSize,
      double baseMomentum,
      double finalMomentum)
      implements MethodSettings {

    @Override
    public SelfSupervisedMethod create(
        NDManager parent, ResNetArchitecture architecture, long seed) {
      return new MocoV2Plus(parent, architecture, this, seed);
    }

    private MultilayerPerceptron projector(TensorScope scope, ResNetArchitecture architecture) {
      return MultilayerPerceptron.plain(
          scope, architecture.featureCount(), projectorHidden, projectorOutput);
    }
  }
}
