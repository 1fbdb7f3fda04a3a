package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.ViewSlot;
import io.viewstream.trainer.ssl.SelfSupervisedMethod;
import io.viewstream.trainer.ssl.optimizer.WarmupCosineSchedule;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two steps of three batches each, beside the same written out: one gradient at a time, averaged in
 * double precision, followed by momentum by hand.
 */
class AccumulationTest {

  private static final int SIDE = 16;
  private static final int BATCH = 8;
  private static final int ACCUMULATION = 3;
  private static final int STEPS = 2;

  @ParameterizedTest
  @EnumSource(names = {"BYOL", "SIMSIAM"})
  void shouldStepAlongTheMeanOfTheBatchesGradients(MethodName name) throws Exception {
    TrainingSettings settings =
        TrainingSettings.of(
            Preset.SMOKE
                .values(name)
                .with(SettingKey.WIDTH, 4, "test")
                .with(SettingKey.RESOLUTION, SIDE, "test")
                .with(SettingKey.BATCH_SIZE, BATCH, "test")
                .with(SettingKey.ACCUMULATION, ACCUMULATION, "test")
                .with(SettingKey.STEPS, STEPS, "test"));
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1);
        Trainer trainer = new Trainer(engine, settings)) {
      TrainingLoop loop =
          new TrainingLoop(settings, trainer, null, Duration.ofHours(1), 1, System::nanoTime);
      List<Float> losses = loop.run(feed(), () -> false, TrainingListener.NONE).losses();

      Reference reference = new Reference(engine, settings, trainer.schedule(STEPS));
      List<Float> expectedLosses = reference.train();
      for (int step = 0; step < STEPS; step++) {
        assertThat(losses.get(step)).isCloseTo(expectedLosses.get(step), within(2e-6f));
      }
      Map<String, TensorData> actual = trainer.tensors();
      reference.tensors.forEach(
          (tensor, expected) ->
              assertThat(actual.get(Checkpoint.MODEL + tensor).toArray())
                  .as(tensor)
                  .containsExactly(expected, within(5e-6f)));
    }
  }

  private static DrawnFeed feed() {
    return new DrawnFeed(ACCUMULATION * STEPS * BATCH, BATCH, SIDE, 1, -1);
  }

  private static final class Reference {
    private final TrainingEngine engine;
    private final TrainingSettings settings;
    private final WarmupCosineSchedule schedule;
    private final Map<String, float[]> tensors = new LinkedHashMap<>();

    Reference(TrainingEngine engine, TrainingSettings settings, WarmupCosineSchedule schedule) {
      this.engine = engine;
      this.settings = settings;
      this.schedule = schedule;
    }

    List<Float> train() throws Exception {
      List<Float> losses = new ArrayList<>();
      Map<String, double[]> velocities = new LinkedHashMap<>();
      try (SelfSupervisedMethod method =
              settings
                  .methodSettings()
                  .create(engine.manager(), settings.architecture(), settings.seed());
          EpochFeed epoch = feed().openEpoch(0, 0)) {
        for (int step = 0; step < STEPS; step++) {
          Map<String, double[]> means = new LinkedHashMap<>();
          double loss = 0;
          for (int i = 0; i < ACCUMULATION; i++) {
            try (MixedBatch batch = epoch.next()) {
              loss += addGradient(method, batch, means) / ACCUMULATION;
            }
          }
          losses.add((float) loss);
          move(method, means, velocities, step);
          method.afterStep(step, STEPS);
        }
        method.tensors().all().forEach((name, tensor) -> tensors.put(name, tensor.toFloatArray()));
      }
      return losses;
    }

    private double addGradient(
        SelfSupervisedMethod method, MixedBatch batch, Map<String, double[]> means) {
      double value;
      try (NDManager manager = engine.manager().newSubManager();
          GradientCollector collector = engine.collectGradients()) {
        NDArray loss =
            method.loss(
                views(manager, batch, ViewSlot.FIRST), views(manager, batch, ViewSlot.SECOND));
        value = loss.getFloat();
        collector.backward(loss);
      }
      engine.withoutGradients();
      method
          .tensors()
          .parameters()
          .forEach(
              (name, parameter) -> {
                try (NDArray gradient = parameter.getGradient()) {
                  float[] values = gradient.toFloatArray();
                  double[] mean = means.computeIfAbsent(name, any -> new double[values.length]);
                  for (int i = 0; i < values.length; i++) {
                    mean[i] += values[i] / (double) ACCUMULATION;
                  }
                  gradient.muli(0);
                }
              });
      return value;
    }

    /** Momentum and, except for biases and norms, weight decay. */
    private void move(
        SelfSupervisedMethod method,
        Map<String, double[]> means,
        Map<String, double[]> velocities,
        int step) {
      double decay = settings.optimizer().scaling().weightDecay();
      means.forEach(
          (name, mean) -> {
            NDArray parameter = method.tensors().parameters().get(name);
            float[] values = parameter.toFloatArray();
            double[] velocity = velocities.computeIfAbsent(name, any -> new double[mean.length]);
            boolean decays = parameter.getShape().dimension() > 1;
            double rate = method.hasConstantRate(name) ? schedule.baseRate() : schedule.rate(step);
            for (int i = 0; i < values.length; i++) {
              velocity[i] = 0.9 * velocity[i] + mean[i] + (decays ? decay * values[i] : 0);
              values[i] -= (float) (rate * velocity[i]);
            }
            new TensorData(parameter.getShape(), FloatBuffer.wrap(values)).copyTo(parameter);
          });
    }

    private static NDArray views(NDManager manager, MixedBatch batch, ViewSlot slot) {
      return manager.create(batch.slot(slot), new Shape(BATCH, 3, SIDE, SIDE), DataType.FLOAT32);
    }
  }
}
