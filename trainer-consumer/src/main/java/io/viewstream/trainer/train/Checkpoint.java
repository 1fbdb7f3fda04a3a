package io.viewstream.trainer.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.feed.SlotCounts;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import io.viewstream.trainer.train.checkpoint.SafetensorsFile;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * All that a training needs to go on, bit for bit: on the same build, CPU model and number of
 * engine threads the losses after it equal those of a training that never stopped.
 *
 * @param settings of the training
 * @param position how far it is
 * @param counts what went into the batches so far
 * @param engineThreads of the engine, on which the last bits of sums depend
 * @param losses of the steps so far, in order
 * @param tensors parameters and buffers as {@code model.<name>}, the optimizer's as {@code
 *     optimizer.<name>}
 */
public record Checkpoint(
    SettingValues settings,
    TrainingPosition position,
    EpochCounts counts,
    int engineThreads,
    List<Float> losses,
    SequencedMap<String, TensorData> tensors) {

  /** Prefix of the model's tensors. */
  public static final String MODEL = "model.";

  /** Prefix of the optimizer's tensors. */
  public static final String OPTIMIZER = "optimizer.";

  private static final int FORMAT_VERSION = 1;
  private static final String STATE = "viewstream";
  private static final String LOSSES = "losses";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the losses and the map; the tensors are shared. */
  public Checkpoint {
    losses = List.copyOf(losses);
    tensors = new LinkedHashMap<>(tensors);
  }

  /** As a file. */
  public SafetensorsFile toFile() {
    ObjectNode state = JSON.createObjectNode();
    state.put("formatVersion", FORMAT_VERSION);
    state.set("settings", settings.toJson());
    state.put("settingsHash", settings.hash());
    state.set("position", position.toJson());
    state.set("counts", countsToJson(counts));
    state.put("engineThreads", engineThreads);
    SequencedMap<String, TensorData> all = new LinkedHashMap<>(tensors);
    float[] values = new float[losses.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = losses.get(i);
    }
    all.put(LOSSES, TensorData.of(values));
    return new SafetensorsFile(Map.of(STATE, state.toString(), "format", "pt"), all);
  }

  /**
   * Reads a checkpoint.
   *
   * @param fileOrFolder a checkpoint, or a folder whose newest is meant
   * @throws CheckpointException if there is none, or it is not whole, or of another version
   */
  public static Checkpoint read(Path fileOrFolder) {
    Path path = CheckpointFolder.resolve(fileOrFolder);
    SafetensorsFile file =
        SafetensorsFile.read(path, metadata -> requireCheckpoint(path, metadata));
    String state = file.metadata().get(STATE);
    TensorData losses = file.tensors().get(LOSSES);
    if (state == null || losses == null) {
      throw new CheckpointException(path + " holds tensors, but is no checkpoint of a training");
    }
    try {
      return of(JSON.readTree(state), losses.toArray(), file, path);
    } catch (JsonProcessingException | SettingsException e) {
      throw new CheckpointException(path + " is damaged: " + e.getMessage(), e);
    }
  }

  private static void requireCheckpoint(Path path, Map<String, String> metadata) {
    if (!metadata.containsKey(STATE)) {
      throw new CheckpointException(
          metadata.containsKey("architecture")
              ? path
                  + " is an exported backbone, not a checkpoint; name the checkpoint that it was exported from, or its training's folder"
              : path + " holds tensors, but is no checkpoint of a training");
    }
  }

  private static Checkpoint of(JsonNode state, float[] losses, SafetensorsFile file, Path path) {
    int version = state.path("formatVersion").asInt();
    if (version != FORMAT_VERSION) {
      throw new CheckpointException(
          "%s has the format version %d; this program reads %d"
              .formatted(path, version, FORMAT_VERSION));
    }
    SequencedMap<String, TensorData> tensors = new LinkedHashMap<>(file.tensors());
    tensors.remove(LOSSES);
    List<Float> values = new java.util.ArrayList<>(losses.length);
    for (float loss : losses) {
      values.add(loss);
    }
    return new Checkpoint(
        SettingValues.fromJson(state.path("settings")),
        TrainingPosition.fromJson(state.path("position")),
        countsFromJson(state.path("counts")),
        state.path("engineThreads").asInt(),
        values,
        tensors);
  }

  private static ObjectNode countsToJson(EpochCounts counts) {
    ObjectNode json = JSON.createObjectNode();
    json.put("batches", counts.batches());
    json.put("replacedImages", counts.replacedImages());
    json.set("first", slotToJson(counts.first()));
    json.set("second", slotToJson(counts.second()));
    return json;
  }

  private static ObjectNode slotToJson(SlotCounts counts) {
    return JSON.createObjectNode()
        .put("real", counts.real())
        .put("synthetic", counts.synthetic())
        .put("fallback", counts.fallback());
  }

  private static EpochCounts countsFromJson(JsonNode json) {
    return new EpochCounts(
        json.path("batches").asInt(),
        slotFromJson(json.path("first")),
        slotFromJson(json.path("second")),
        json.path("replacedImages").asLong());
  }

  private static SlotCounts slotFromJson(JsonNode json) {
    return new SlotCounts(
        json.path("real").asLong(),
        json.path("synthetic").asLong(),
        json.path("fallback").asLong());
  }
}
