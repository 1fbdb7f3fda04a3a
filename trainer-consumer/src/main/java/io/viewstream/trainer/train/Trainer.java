package io.viewstream.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.ViewSlot;
import io.viewstream.trainer.ssl.SelfSupervisedMethod;
import io.viewstream.trainer.ssl.loss.Scalar;
import io.viewstream.trainer.ssl.optimizer.Lars;
import io.viewstream.trainer.ssl.optimizer.Optimizer;
import io.viewstream.trainer.ssl.optimizer.Sgd;
import io.viewstream.trainer.ssl.optimizer.WarmupCosineSchedule;
import io.viewstream.trainer.train.TrainingSettings.OptimizerSettings;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Method and optimizer, one step at a time. All tensors of a step die with it, so memory stays
 * flat. Owns networks and optimizer; used by one thread.
 */
public final class Trainer implements AutoCloseable {

  private final TrainingEngine engine;
  private final OptimizerSettings settings;
  private final int accumulation;
  private final int endlessWarmupSteps;
  private final SelfSupervisedMethod method;
  private final Optimizer optimizer;

  /**
   * Fresh networks from the seed.
   *
   * @param engine borrowed
   */
  public Trainer(TrainingEngine engine, TrainingSettings settings) {
    this.engine = engine;
    this.settings = settings.optimizer();
    this.accumulation = settings.accumulation();
    SettingValues values = settings.values();
    this.endlessWarmupSteps =
        values.find(SettingKey.WARMUP_STEPS).isPresent()
            ? values.integer(SettingKey.WARMUP_STEPS, 0, Integer.MAX_VALUE)
            : 0;
    // Targets begin as copies, which is no step of a gradient.
    engine.withoutGradients();
    this.method =
        settings
            .methodSettings()
            .create(engine.manager(), settings.architecture(), settings.seed());
    Map<String, NDArray> parameters = method.tensors().parameters();
    Lars.Settings scaling = this.settings.scaling();
    this.optimizer =
        this.settings.layerwise()
            ? new Lars(engine.manager(), parameters, scaling)
            : new Sgd(
                engine.manager(),
                parameters,
                scaling.momentum(),
                scaling.weightDecay(),
                scaling.excludesBiasesAndNorms());
  }

  /** The learning rates of a whole training. */
  WarmupCosineSchedule schedule(long totalSteps) {
    if (totalSteps == TrainingLength.ENDLESS) {
      // Half a cosine from the base rate to itself: constant after the warm-up.
      return new WarmupCosineSchedule(
          settings.startRate(),
          settings.baseRate(),
          settings.baseRate(),
          endlessWarmupSteps,
          totalSteps);
    }
    return new WarmupCosineSchedule(
        settings.startRate(),
        settings.baseRate(),
        0,
        Math.round(settings.warmupFraction() * totalSteps),
        totalSteps);
  }

  /**
   * One batch of a step: adds its part to the mean gradient of the step's batches.
   *
   * @param batch borrowed; may be closed afterwards
   * @param schedule learning rates
   * @param step of the schedule, from 0
   * @param timer told of its parts; left in {@link StepPart#RELEASE}
   * @return the loss of the batch before the step
   * @throws NonFiniteLossException if it is not finite; parameters are then unchanged
   */
  float accumulate(MixedBatch batch, WarmupCosineSchedule schedule, long step, StepTimer timer) {
    float value;
    try (NDManager manager = engine.manager().newSubManager()) {
      timer.enter(StepPart.COPY);
      NDArray first = views(manager, batch, ViewSlot.FIRST);
      NDArray second = views(manager, batch, ViewSlot.SECOND);
      timer.enter(StepPart.ENGINE);
      try (GradientCollector collector = engine.collectGradients()) {
        NDArray loss = method.loss(first, second);
        value = loss.getFloat();
        if (!Float.isFinite(value)) {
          throw new NonFiniteLossException(step, value, schedule.rate(step), origin(batch));
        }
        collector.backward(accumulation == 1 ? loss : loss.div(Scalar.beside(loss, accumulation)));
      }
      timer.enter(StepPart.RELEASE);
    }
    return value;
  }

  /**
   * Where a loss that is not finite came from: the batch, a tensor of the networks, or neither. The
   * first of these that is not finite is the one to look at.
   */
  private String origin(MixedBatch batch) {
    for (ViewSlot slot : ViewSlot.values()) {
      FloatBuffer values = batch.slot(slot).asFloatBuffer();
      while (values.hasRemaining()) {
        if (!Float.isFinite(values.get())) {
          return "so is a value of the batch's %s views"
              .formatted(slot.name().toLowerCase(Locale.ROOT));
        }
      }
    }
    for (Map.Entry<String, NDArray> tensor : method.tensors().all().entrySet()) {
      for (float value : tensor.getValue().toFloatArray()) {
        if (!Float.isFinite(value)) {
          return "so is a value of " + tensor.getKey() + ", since an earlier step";
        }
      }
    }
    return "batch and networks are finite";
  }

  /**
   * One step along the gradient of the batches since the last one, of which there are as many as
   * the settings accumulate.
   *
   * @param schedule learning rates
   * @param step of the schedule, from 0
   */
  void update(WarmupCosineSchedule schedule, long step) {
    double rate = schedule.rate(step);
    engine.withoutGradients();
    optimizer.step(name -> method.hasConstantRate(name) ? schedule.baseRate() : rate);
    method.afterStep(step, schedule.totalSteps());
  }

  private static NDArray views(NDManager manager, MixedBatch batch, ViewSlot slot) {
    BatchShape shape = batch.shape();
    return manager.create(
        batch.slot(slot),
        new Shape(shape.batchSize(), BatchShape.CHANNELS, shape.height(), shape.width()),
        DataType.FLOAT32);
  }

  /** The method that is trained. */
  public SelfSupervisedMethod method() {
    return method;
  }

  /** Copies of all that a checkpoint holds. */
  SequencedMap<String, TensorData> tensors() {
    SequencedMap<String, TensorData> copies = new LinkedHashMap<>();
    live().forEach((name, tensor) -> copies.put(name, TensorData.copyOf(tensor)));
    return copies;
  }

  /**
   * Takes all values from a checkpoint.
   *
   * @throws CheckpointException if its tensors are not those of this method and network
   */
  void restore(Map<String, TensorData> saved) {
    Map<String, NDArray> live = live();
    live.forEach(
        (name, tensor) -> {
          TensorData data = saved.get(name);
          if (data == null || !data.shape().equals(tensor.getShape())) {
            throw new CheckpointException(
                "The checkpoint is of another method or network: its tensor %s is %s, wanted is %s"
                    .formatted(name, data == null ? "missing" : data.shape(), tensor.getShape()));
          }
        });
    if (saved.size() != live.size()) {
      throw new CheckpointException(
          "The checkpoint is of another method or network: it holds %d tensors, wanted are %d"
              .formatted(saved.size(), live.size()));
    }
    engine.withoutGradients();
    live.forEach((name, tensor) -> saved.get(name).copyTo(tensor));
  }

  private Map<String, NDArray> live() {
    Map<String, NDArray> live = new LinkedHashMap<>();
    method.tensors().all().forEach((name, tensor) -> live.put(Checkpoint.MODEL + name, tensor));
    optimizer.state().forEach((name, tensor) -> live.put(Checkpoint.OPTIMIZER + name, tensor));
    return live;
  }

  @Override
  public void close() {
    try (optimizer) {
      method.close();
    }
  }
}
