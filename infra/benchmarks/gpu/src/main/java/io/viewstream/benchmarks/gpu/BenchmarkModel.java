package io.viewstream.benchmarks.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A model of the benchmark: a folder with model.onnx and model.properties.
 *
 * @param folder of the model
 * @param name in the table
 * @param precision float32 or float16
 * @param inputs what it takes
 * @param rowsPerView rows of a batch that one view needs: 2 with guidance
 * @param callsPerView how often the model is called for one view: the sampler's steps
 */
record BenchmarkModel(
    Path folder,
    String name,
    String precision,
    List<Input> inputs,
    int rowsPerView,
    int callsPerView) {

  private static final long SEED = 7;
  private static final int MAX_TIMESTEP = 1000;

  /**
   * An input of float32.
   *
   * @param name of the tensor
   * @param shape without the batch
   * @param timestep whether it holds a step's number and not noise
   */
  record Input(String name, List<Long> shape, boolean timestep) {

    /** From {@code sample:4x96x96}; a name without a shape is a timestep for each row. */
    static Input parse(String text) {
      String[] parts = text.strip().split(":", -1);
      return parts.length == 1
          ? new Input(parts[0], List.of(), true)
          : new Input(
              parts[0], Arrays.stream(parts[1].split("x", -1)).map(Long::valueOf).toList(), false);
    }
  }

  static BenchmarkModel read(Path folder) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve("model.properties"))) {
      properties.load(reader);
    }
    return new BenchmarkModel(
        folder,
        properties.getProperty("name"),
        properties.getProperty("precision"),
        Stream.of(properties.getProperty("inputs").split(",", -1)).map(Input::parse).toList(),
        Integer.parseInt(properties.getProperty("rowsPerView", "1")),
        Integer.parseInt(properties.getProperty("callsPerView", "1")));
  }

  /** Largest ‖difference‖ / ‖reference‖ that counts as the same result. */
  double tolerance() {
    return precision.equals("float16") ? 1e-2 : 1e-3;
  }

  /** Row i of every batch size is the same. */
  NDList batch(NDManager manager, int rows) {
    NDList batch = new NDList();
    for (Input input : inputs) {
      long[] sizes =
          Stream.concat(Stream.of((long) rows), input.shape().stream())
              .mapToLong(Long::longValue)
              .toArray();
      Shape shape = new Shape(sizes);
      Random random = new Random(SEED);
      float[] numbers = new float[Math.toIntExact(shape.size())];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] =
            input.timestep() ? random.nextInt(MAX_TIMESTEP) : (float) random.nextGaussian();
      }
      NDArray array = manager.create(numbers, shape);
      array.setName(input.name());
      batch.add(array);
    }
    return batch;
  }
}
