package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.viewstream.trainer.export.ForeignPython;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.SlotCounts;
import io.viewstream.trainer.ssl.optimizer.WarmupCosineSchedule;
import io.viewstream.trainer.train.TrainingSettings.OptimizerSettings;
import io.viewstream.trainer.train.checkpoint.SafetensorsFile;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training steps of every method beside {@code training_steps.py}, which knows the papers and
 * PyTorch and nothing of ours: from the same state and batches come the same loss, parameters,
 * batch statistics, momentum target, queue and momentum buffers. The values are the paper's, but
 * for the size of the networks and the number of steps: four, of which two warm up and the last is
 * on the cosine. Every step begins at our state, so that errors do not add up over steps.
 *
 * <p>A rectifier's gradient jumps at zero. The peer computes in float64 and says how near to zero a
 * rectifier's input came; where that is nearer than float32 can tell, only the loss is compared.
 *
 * <p>A fresh ResNet-50 has so many rectifiers that some input is always that near, and PyTorch's
 * own float32 then differs from its float64 by up to 3 % of a tensor's gradient. The biases of its
 * batch normalisations are therefore set to 3 and -3 in turn, channel by channel: a rectifier still
 * passes the one and stops the other, but hardly ever hesitates, and PyTorch's float32 is within
 * 3e-5 of its float64.
 */
class PyTorchStepsTest {

  private static final Path SCRIPT =
      ForeignPython.repositoryFile("trainer-consumer/src/test/python/training_steps.py");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BATCH = 16;
  private static final int PATTERN = 4;
  private static final int STEPS = 4;

  /** Losses are sums of some hundred float32 values, each right to about 1e-6. */
  private static final double LOSS_TOLERANCE = 1e-5;

  /**
   * What part of a tensor's largest change may differ: gradients pass some twenty layers of float32
   * sums, each right to about 1e-6, and small differences of large sums; the four steps add up.
   * Sums in another order alone have given 1.02e-4.
   */
  private static final double CHANGE_TOLERANCE = 2e-4;

  /** What rounding a value to float32 may change, a few units in the last place. */
  private static final double ROUNDING = 2e-7;

  /** The distance from zero, in standard deviations, that float32 tells from none. */
  private static final double MARGIN = 3e-6;

  /** Biases of the batch normalisations of deep networks, in standard deviations. */
  private static final float SHIFT = 3;

  /** Steps of each example that must not be nearer. */
  private static final int COMPARED_STEPS = 2;

  @TempDir private Path folder;

  private record Example(String name, SettingValues values) {}

  private static Stream<Example> examples() {
    SettingValues small =
        SettingValues.NONE
            .with(SettingKey.BACKBONE, "resnet18-cifar", "test")
            .with(SettingKey.WIDTH, 4, "test")
            .with(SettingKey.RESOLUTION, 8, "test")
            .with(SettingKey.BATCH_SIZE, BATCH, "test")
            .with(SettingKey.STEPS, STEPS, "test")
            .with(SettingKey.WARMUP_FRACTION, 0.5, "test")
            .with(SettingKey.PROJECTOR_HIDDEN, 32, "test")
            .with(SettingKey.PROJECTOR_OUTPUT, 16, "test");
    SettingValues byol =
        Preset.PAPER
            .values(MethodName.BYOL)
            .withAll(small)
            .with(SettingKey.PREDICTOR_HIDDEN, 24, "test");
    SettingValues simSiam =
        Preset.PAPER
            .values(MethodName.SIMSIAM)
            .withAll(small)
            .with(SettingKey.PREDICTOR_HIDDEN, 8, "test");
    return Stream.of(
        new Example("simclr", Preset.PAPER.values(MethodName.SIMCLR).withAll(small)),
        new Example("byol", byol.with(SettingKey.ACCUMULATION, 1, "test")),
        new Example("byol accumulated", accumulating(byol, 2)),
        new Example(
            "moco",
            Preset.PAPER
                .values(MethodName.MOCO)
                .withAll(small)
                .with(SettingKey.QUEUE_SIZE, 2 * BATCH, "test")),
        new Example("simsiam", simSiam),
        new Example("simsiam accumulated", accumulating(simSiam, 3)),
        new Example("barlow-twins", Preset.PAPER.values(MethodName.BARLOW_TWINS).withAll(small)),
        new Example(
            "simclr with the imagenet stem",
            Preset.PAPER
                .values(MethodName.SIMCLR)
                .withAll(small)
                .with(SettingKey.BACKBONE, "resnet18", "test")
                .with(SettingKey.RESOLUTION, 32, "test")),
        new Example(
            "simclr with resnet34",
            Preset.PAPER
                .values(MethodName.SIMCLR)
                .withAll(small)
                .with(SettingKey.BACKBONE, "resnet34-cifar", "test")),
        new Example(
            "simclr with resnet50",
            Preset.PAPER
                .values(MethodName.SIMCLR)
                .withAll(small)
                .with(SettingKey.BACKBONE, "resnet50-cifar", "test")),
        new Example(
            "byol with resnet50",
            byol.with(SettingKey.ACCUMULATION, 1, "test")
                .with(SettingKey.BACKBONE, "resnet50-cifar", "test")));
  }

  /**
   * Whether a network has too many rectifiers for all of them to be far from zero by themselves.
   */
  private static boolean isDeep(TrainingSettings settings) {
    return !settings.values().text(SettingKey.BACKBONE).startsWith("resnet18");
  }

  /** A state with the biases of its backbone's batch normalisations moved apart. */
  private static Map<String, TensorData> shifted(Map<String, TensorData> state) {
    Map<String, TensorData> shifted = new LinkedHashMap<>(state);
    shifted.replaceAll(
        (name, tensor) -> {
          if (!name.matches("model\\..*backbone\\..*(bn\\d|downsample\\.1)\\.bias")) {
            return tensor;
          }
          float[] biases = new float[(int) tensor.shape().size()];
          for (int i = 0; i < biases.length; i++) {
            biases[i] = i % 2 == 0 ? SHIFT : -SHIFT;
          }
          return TensorData.of(biases);
        });
    assertThat(shifted).isNotEqualTo(state);
    return shifted;
  }

  private static SettingValues accumulating(SettingValues values, int batches) {
    return values
        .with(SettingKey.ACCUMULATION, batches, "test")
        .with(SettingKey.BATCH_SIZE, BATCH / 2, "test");
  }

  @TestFactory
  Stream<DynamicTest> shouldStepAsPyTorch() throws Exception {
    ForeignPython python = ForeignPython.with("torch, numpy", "python3-torch");
    List<String> files = new ArrayList<>();
    Map<Example, Steps> ours = new LinkedHashMap<>();
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1)) {
      for (Example example : examples().toList()) {
        Path input = folder.resolve(ours.size() + "-before.safetensors");
        ours.put(example, Steps.take(engine, TrainingSettings.of(example.values), input));
        files.add(input.toString());
        files.add(afterwards(ours.size() - 1).toString());
      }
    }
    python.run(SCRIPT, files.toArray());
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<Example, Steps> entry : ours.entrySet()) {
      // Read here: the folder is gone when a dynamic test runs.
      SafetensorsFile theirs = SafetensorsFile.read(afterwards(tests.size()));
      tests.add(
          DynamicTest.dynamicTest(
              entry.getKey().name, () -> assertEqualSteps(entry.getValue(), theirs)));
    }
    return tests.stream();
  }

  private Path afterwards(int index) {
    return folder.resolve(index + "-after.safetensors");
  }

  private static void assertEqualSteps(Steps ours, SafetensorsFile theirs) {
    float[] losses = theirs.tensors().get("losses").toArray();
    float[] margins = theirs.tensors().get("margins").toArray();
    int compared = 0;
    for (int step = 0; step < STEPS; step++) {
      assertThat((double) ours.losses.get(step))
          .as("loss of step %d", step)
          .isCloseTo(losses[step], within(LOSS_TOLERANCE * Math.max(1, Math.abs(losses[step]))));
      if (margins[step] > MARGIN) {
        assertEqualStates(ours.states.get(step), ours.states.get(step + 1), theirs, step);
        compared++;
      }
    }
    assertThat(compared)
        .as("steps without a rectifier at zero, whose distances are %s", Arrays.toString(margins))
        .isGreaterThanOrEqualTo(COMPARED_STEPS);
  }

  private static void assertEqualStates(
      Map<String, TensorData> before,
      Map<String, TensorData> after,
      SafetensorsFile theirs,
      int step) {
    Map<String, float[]> expected = new LinkedHashMap<>();
    Map<String, Double> changes = new LinkedHashMap<>();
    after.forEach(
        (name, tensor) -> {
          TensorData other = theirs.tensors().get(step + "." + name);
          assertThat(other).as("step %d: %s", step, name).isNotNull();
          assertThat(other.shape()).as("step %d: %s", step, name).isEqualTo(tensor.shape());
          expected.put(name, other.toArray());
          changes.put(name, change(before.get(name).toArray(), other.toArray()));
        });
    // Where the exact gradient is nothing (a bias before batch normalisation), rounding is all.
    double largest = changes.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    after.forEach(
        (name, tensor) -> {
          double scale = Math.max(changes.get(name), 1e-2 * largest);
          float[] actual = tensor.toArray();
          float[] wanted = expected.get(name);
          double worst = 0;
          for (int i = 0; i < actual.length; i++) {
            double allowed = CHANGE_TOLERANCE * scale + ROUNDING * Math.abs(wanted[i]);
            worst = Math.max(worst, Math.abs(actual[i] - wanted[i]) / allowed);
          }
          assertThat(worst)
              .as(
                  "step %d: error of %s over what is allowed, where it changed by %s",
                  step, name, scale)
              .isLessThanOrEqualTo(1);
        });
  }

  /** The largest change of a value. */
  private static double change(float[] before, float[] after) {
    double change = 0;
    for (int i = 0; i < after.length; i++) {
      change = Math.max(change, Math.abs(after[i] - before[i]));
    }
    return change;
  }

  /**
   * Our steps.
   *
   * @param states before each step, and after the last
   * @param losses of each step
   */
  private record Steps(List<Map<String, TensorData>> states, List<Float> losses) {

    static Steps take(TrainingEngine engine, TrainingSettings settings, Path input)
        throws IOException {
      int accumulation = settings.accumulation();
      SequencedMap<String, TensorData> file = new LinkedHashMap<>();
      Steps steps = new Steps(new ArrayList<>(), new ArrayList<>());
      try (Trainer trainer = new Trainer(engine, settings)) {
        if (isDeep(settings)) {
          trainer.restore(shifted(trainer.tensors()));
        }
        WarmupCosineSchedule schedule = trainer.schedule(STEPS);
        StepTimer timer = new StepTimer(System::nanoTime);
        steps.states.add(trainer.tensors());
        for (int step = 0; step < STEPS; step++) {
          TensorData first = views(settings, 10 * step + 1);
          TensorData second = views(settings, 10 * step + 2);
          String prefix = step + ".";
          steps.states.getLast().forEach((name, tensor) -> file.put(prefix + name, tensor));
          file.put(prefix + "first", first);
          file.put(prefix + "second", second);
          double loss = 0;
          for (int i = 0; i < accumulation; i++) {
            try (MixedBatch batch = batch(i, first, second)) {
              loss += trainer.accumulate(batch, schedule, step, timer) / accumulation;
            }
          }
          trainer.update(schedule, step);
          steps.losses.add((float) loss);
          steps.states.add(trainer.tensors());
        }
        new SafetensorsFile(Map.of("case", description(settings, trainer)), file).write(input);
      }
      return steps;
    }

    /**
     * (batches, n, 3, side, side): coarse coloured patterns, one for each image, and noise of each
     * view. Images that differ much keep the variances that batch normalisation divides by large,
     * and rounding small.
     */
    private static TensorData views(TrainingSettings settings, int seed) {
      int side = settings.resolution();
      int images = settings.accumulation() * settings.batchSize();
      FloatBuffer values = FloatBuffer.allocate(images * 3 * side * side);
      for (int image = 0; image < images; image++) {
        Random pattern = new Random(seed / 10 * 1000L + image);
        Random noise = new Random(seed * 1_000_000L + image);
        float[] coarse = new float[3 * PATTERN * PATTERN];
        for (int i = 0; i < coarse.length; i++) {
          coarse[i] = (float) pattern.nextGaussian();
        }
        for (int i = 0; i < 3 * side * side; i++) {
          int row = i / side % side * PATTERN / side;
          int column = i % side * PATTERN / side;
          float value = coarse[(i / (side * side) * PATTERN + row) * PATTERN + column];
          values.put(value + 0.5f * (float) noise.nextGaussian());
        }
      }
      return new TensorData(
          new Shape(settings.accumulation(), settings.batchSize(), 3, side, side), values.flip());
    }

    private static MixedBatch batch(int index, TensorData first, TensorData second) {
      int images = (int) first.shape().get(1);
      int side = (int) first.shape().get(4);
      BatchShape shape = new BatchShape(images, side, side);
      SlotCounts counts = new SlotCounts(images, 0, 0);
      return new MixedBatch(
          0,
          index,
          shape,
          slot(index, shape, first),
          slot(index, shape, second),
          counts,
          counts,
          List.of(),
          () -> {});
    }

    private static ByteBuffer slot(int index, BatchShape shape, TensorData views) {
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(shape.slotSizeBytes()).order(ByteOrder.nativeOrder());
      int values = shape.slotSizeBytes() / Float.BYTES;
      buffer.asFloatBuffer().put(views.values().slice(index * values, values));
      return buffer;
    }

    /** The settings as numbers; rates are those of the schedule. */
    private static String description(TrainingSettings settings, Trainer trainer)
        throws JsonProcessingException {
      ObjectNode json = JSON.createObjectNode();
      for (Map.Entry<SettingKey, SettingValue> entry : settings.values().all().entrySet()) {
        String value = entry.getValue().value();
        boolean plain = value.matches("-?[0-9].*|true|false");
        json.set(entry.getKey().text(), plain ? JSON.readTree(value) : JSON.valueToTree(value));
      }
      OptimizerSettings optimizer = settings.optimizer();
      json.put("base-rate", optimizer.baseRate());
      json.put("start-rate", optimizer.startRate());
      json.put("warmup-steps", trainer.schedule(STEPS).warmupSteps());
      return json.toString();
    }
  }
}
