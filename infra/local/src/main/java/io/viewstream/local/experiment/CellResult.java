package io.viewstream.local.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import io.viewstream.kafka.command.WholeFile;
import io.viewstream.local.experiment.Grid.ProbeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What came of a cell. On disk it is {@code result.json} in the cell's folder, written whole or not
 * at all: where it is, the cell is done.
 *
 * @param settings all values that the cell asked for, by name
 * @param probe images that the features were measured on
 * @param measured the numbers
 */
record CellResult(Map<String, String> settings, ProbeImages probe, Measured measured) {

  /** Name of the file. */
  static final String FILE = "result.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * Numbers of a cell; fractions and accuracies in [0, 1].
   *
   * @param linearProbe top-1 of the linear probe on the test images
   * @param nearestNeighbours top-1 of the neighbours' vote on the test images
   * @param chance what guessing gives
   * @param requested fraction of synthetic views in the slots that may hold them
   * @param achieved what it came to; less where views were missing
   * @param steps of the training
   * @param firstLoss of the first step
   * @param lastLoss of the last step
   * @param trainingSeconds of the process that ended the training
   * @param evaluationSeconds of probe and neighbours
   * @param viewsFrom runs of the generation stage, separated by commas
   */
  record Measured(
      double linearProbe,
      double nearestNeighbours,
      double chance,
      double requested,
      double achieved,
      long steps,
      double firstLoss,
      double lastLoss,
      double trainingSeconds,
      double evaluationSeconds,
      String viewsFrom) {}

  /** The result in a cell's folder, if it is done. */
  static Optional<CellResult> read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = JSON.readTree(Files.readString(file));
      Map<String, String> settings = new LinkedHashMap<>();
      required(json, "settings")
          .properties()
          .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
      JsonNode images = required(json, "images");
      return Optional.of(
          new CellResult(
              settings,
              new ProbeImages(
                  required(images, "train").asText(),
                  required(images, "test").asText(),
                  limit(images, "trainLimit"),
                  limit(images, "testLimit")),
              new Measured(
                  number(json, "linearProbeTop1"),
                  number(json, "knnTop1"),
                  number(json, "chance"),
                  number(json, "syntheticFractionRequested"),
                  number(json, "syntheticFractionAchieved"),
                  (long) number(json, "steps"),
                  number(json, "firstLoss"),
                  number(json, "lastLoss"),
                  number(json, "trainingSeconds"),
                  number(json, "evaluationSeconds"),
                  required(json, "viewsFrom").asText())));
    } catch (IOException e) {
      throw CommandException.failed(
          "Cannot read the result %s: %s; delete its folder to run the cell again"
              .formatted(
                  file,
                  e instanceof JsonProcessingException json
                      ? json.getOriginalMessage()
                      : Reason.of(e)),
          e);
    }
  }

  /** Writes the result into a cell's folder. */
  void write(Path folder) {
    try {
      WholeFile.writeText(folder.resolve(FILE), JSON.writeValueAsString(toMap()) + "\n");
    } catch (IOException e) {
      throw new IllegalStateException("A map of numbers and texts is always JSON", e);
    }
  }

  /** The result as the report holds it. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("linearProbeTop1", measured.linearProbe());
    map.put("knnTop1", measured.nearestNeighbours());
    map.put("chance", measured.chance());
    map.put("syntheticFractionRequested", measured.requested());
    map.put("syntheticFractionAchieved", measured.achieved());
    map.put("steps", measured.steps());
    map.put("firstLoss", measured.firstLoss());
    map.put("lastLoss", measured.lastLoss());
    map.put("trainingSeconds", measured.trainingSeconds());
    map.put("evaluationSeconds", measured.evaluationSeconds());
    map.put("viewsFrom", measured.viewsFrom());
    map.put("settings", settings);
    Map<String, Object> images = new LinkedHashMap<>();
    images.put("train", probe.train());
    images.put("test", probe.test());
    probe.trainLimit().ifPresent(limit -> images.put("trainLimit", limit));
    probe.testLimit().ifPresent(limit -> images.put("testLimit", limit));
    map.put("images", images);
    return map;
  }

  /** What a cell asks for otherwise than it was when this came of it; each as text for the user. */
  List<String> differences(Cell cell, ProbeImages images) {
    List<String> differences = new ArrayList<>();
    Map<String, String> asked = cell.values().plain();
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.putAll(asked);
    for (String key : all.keySet()) {
      String before = settings.getOrDefault(key, "not given");
      String now = asked.getOrDefault(key, "not given");
      if (!before.equals(now)) {
        differences.add("%s was %s, now %s".formatted(key, before, now));
      }
    }
    if (!probe.equals(images)) {
      differences.add("the images of the probe were others");
    }
    return differences;
  }

  private static JsonNode required(JsonNode json, String key) throws IOException {
    JsonNode value = json.get(key);
    if (value == null) {
      throw new IOException(key + " is missing");
    }
    return value;
  }

  private static double number(JsonNode json, String key) throws IOException {
    return required(json, key).asDouble();
  }

  private static OptionalLong limit(JsonNode json, String key) {
    return json.has(key) ? OptionalLong.of(json.get(key).asLong()) : OptionalLong.empty();
  }
}
