package io.viewstream.benchmarks.gpu;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times one engine and checks its results against OnnxRuntime on the CPU. Arguments are the folders
 * of models; settings are system properties:
 *
 * <pre>
 * engine      TensorRT or OnnxRuntime                   (TensorRT)
 * device      gpu or cpu                                (gpu)
 * batches     views in a call                           (1,2,4,8,16,32,64)
 * check       views in a call that is compared          (1,4)
 * seconds     time to measure each batch, after a tenth (3)
 * table       file to which rows of the table are added (none)
 * </pre>
 *
 * Ends with 1 if a result differs by more than the model's tolerance.
 */
public final class EngineBenchmark {

  private static final String REFERENCE = "OnnxRuntime";

  private final String engine = System.getProperty("engine", "TensorRT");
  private final Device device = Device.fromName(System.getProperty("device", "gpu"));
  private final List<Integer> batches = numbers("batches", "1,2,4,8,16,32,64");
  private final List<Integer> checked = numbers("check", "1,4");
  private final double seconds = Double.parseDouble(System.getProperty("seconds", "3"));
  private boolean passed = true;

  private EngineBenchmark() {}

  /** Takes the folders of the models. */
  public static void main(String[] folders) throws Exception {
    EngineBenchmark benchmark = new EngineBenchmark();
    for (String folder : folders) {
      benchmark.run(BenchmarkModel.read(Path.of(folder)));
    }
    // Engines leave threads behind.
    System.exit(benchmark.passed ? 0 : 1);
  }

  private static List<Integer> numbers(String property, String otherwise) {
    return Arrays.stream(System.getProperty(property, otherwise).split(",", -1))
        .map(Integer::valueOf)
        .toList();
  }

  private void run(BenchmarkModel model) throws Exception {
    Map<Integer, float[]> references = new HashMap<>();
    try (Loaded reference = new Loaded(model, REFERENCE, Device.cpu(), 1)) {
      for (int views : checked) {
        references.put(views, reference.run(views * model.rowsPerView()));
      }
    }
    int largest = Math.max(batches.stream().max(Integer::compare).orElse(1), 1);
    long start = System.nanoTime();
    try (Loaded loaded = new Loaded(model, engine, device, largest * model.rowsPerView())) {
      say("%s %s: loaded by %s in %.1f s", model.name(), model.precision(), engine, since(start));
      double error = 0;
      for (int views : checked) {
        error =
            Math.max(error, error(loaded.run(views * model.rowsPerView()), references.get(views)));
      }
      // Not <= alone: an error that is no number must not pass.
      boolean same = error <= model.tolerance();
      passed &= same;
      say(
          "%s %s: error %.2e, %s",
          model.name(), model.precision(), error, same ? "ok" : "TOO LARGE");
      for (int views : batches) {
        double milliseconds = milliseconds(loaded, views * model.rowsPerView());
        row(model, views, milliseconds, error);
      }
    }
  }

  /** Of one call. */
  private double milliseconds(Loaded loaded, int rows) throws TranslateException {
    measure(loaded, rows, seconds / 10);
    return measure(loaded, rows, seconds);
  }

  private static double measure(Loaded loaded, int rows, double seconds) throws TranslateException {
    try (NDManager manager = loaded.model.getNDManager().newSubManager()) {
      NDList inputs = loaded.benchmark.batch(manager, rows);
      long start = System.nanoTime();
      int calls = 0;
      while (calls == 0 || since(start) < seconds) {
        loaded.predictor.predict(inputs).close();
        calls++;
      }
      return since(start) * 1e3 / calls;
    }
  }

  private void row(BenchmarkModel model, int views, double milliseconds, double error)
      throws IOException {
    double viewsPerSecond = views * 1e3 / (milliseconds * model.callsPerView());
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %s | %s %s, %s | %d | %.2f | %.1f | %.1e |",
            model.name(),
            model.precision(),
            engine,
            Engine.getEngine(engine).getVersion(),
            device.getDeviceType(),
            views,
            milliseconds,
            viewsPerSecond,
            error);
    System.out.println(row);
    String table = System.getProperty("table");
    if (table != null) {
      try (PrintWriter out =
          new PrintWriter(
              Files.newBufferedWriter(
                  Path.of(table), StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
        out.println(row);
      }
    }
  }

  private static double error(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static void say(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }

  /** A model in an engine. */
  private static final class Loaded implements AutoCloseable {
    private final BenchmarkModel benchmark;
    private final Model model;
    private final Predictor<NDList, NDList> predictor;

    Loaded(BenchmarkModel benchmark, String engine, Device device, int maxBatch) throws Exception {
      this.benchmark = benchmark;
      this.model = Model.newInstance("model", device, engine);
      model.load(
          benchmark.folder(),
          "model",
          engine.equals(REFERENCE) ? Map.of() : Map.of("maxBatch", Integer.toString(maxBatch)));
      this.predictor = model.newPredictor(new NoopTranslator());
    }

    float[] run(int rows) throws TranslateException {
      try (NDManager manager = model.getNDManager().newSubManager();
          NDList outputs = predictor.predict(benchmark.batch(manager, rows))) {
        return outputs.head().toFloatArray();
      }
    }

    @Override
    public void close() {
      try (model) {
        predictor.close();
      }
    }
  }
}
