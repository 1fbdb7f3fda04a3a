package io.viewstream.tensorrt.internal;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * What the builder's process is to do, as it travels there in a properties file.
 *
 * @param onnx the model
 * @param target where the plan goes, after a free header
 * @param timingCache measured times of earlier builds; need not exist; is written back
 * @param libraryDirectory NVIDIA's libraries
 * @param gpu ordinal of the GPU that the plan is tuned on
 * @param profile the shapes
 * @param tf32 whether float32 products may be rounded to TF32
 * @param workspaceBytes scratch memory to plan with
 */
record PlanRequest(
    Path onnx,
    Path target,
    Path timingCache,
    Path libraryDirectory,
    int gpu,
    BatchProfile profile,
    boolean tf32,
    long workspaceBytes) {

  void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("onnx", onnx.toString());
    properties.setProperty("target", target.toString());
    properties.setProperty("timingCache", timingCache.toString());
    properties.setProperty("libraryDirectory", libraryDirectory.toString());
    properties.setProperty("gpu", Integer.toString(gpu));
    properties.setProperty("tf32", Boolean.toString(tf32));
    properties.setProperty("workspaceBytes", Long.toString(workspaceBytes));
    properties.setProperty(BatchProfile.MIN_BATCH, Integer.toString(profile.minimum()));
    properties.setProperty(BatchProfile.OPT_BATCH, Integer.toString(profile.optimum()));
    properties.setProperty(BatchProfile.MAX_BATCH, Integer.toString(profile.maximum()));
    profile
        .shapes()
        .forEach(
            (name, shapes) ->
                properties.setProperty(BatchProfile.SHAPES + name, shapes.toString()));
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
  }

  static PlanRequest read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    Map<String, String> options = new HashMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> options.put(name, properties.getProperty(name)));
    return new PlanRequest(
        Path.of(text(options, "onnx")),
        Path.of(text(options, "target")),
        Path.of(text(options, "timingCache")),
        Path.of(text(options, "libraryDirectory")),
        Integer.parseInt(text(options, "gpu")),
        BatchProfile.of(options, 1),
        Boolean.parseBoolean(text(options, "tf32")),
        Long.parseLong(text(options, "workspaceBytes")));
  }

  private static String text(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The request names no " + name);
    }
    return value;
  }
}
