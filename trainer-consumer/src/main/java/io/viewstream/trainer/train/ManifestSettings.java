package io.viewstream.trainer.train;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.trainer.feed.RunManifest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the manifest of a training says besides its horizons.
 *
 * @param values settings with their sources
 * @param engineThreads threads inside one operation, on which the last bits of losses depend
 * @param engine name, version and device
 */
record ManifestSettings(SettingValues values, int engineThreads, String engine) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VALUES = "values";
  private static final String HASH = "settingsHash";
  private static final String THREADS = "engineThreads";
  private static final String ENGINE = "engine";

  /** As the manifest keeps it. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(HASH, values.hash());
    map.put(THREADS, engineThreads);
    map.put(ENGINE, engine);
    map.put(
        VALUES,
        JSON.convertValue(values.toJson(), new TypeReference<LinkedHashMap<String, Object>>() {}));
    return map;
  }

  /**
   * Reads a manifest.
   *
   * @throws SettingsException if it is not one of a training, or was changed
   */
  static ManifestSettings of(RunManifest manifest) {
    JsonNode json = JSON.valueToTree(manifest.settings());
    SettingValues values = SettingValues.fromJson(json.path(VALUES));
    if (!values.hash().equals(json.path(HASH).asText())) {
      throw new SettingsException(
          "The settings in %s do not match their hash; the file was changed, or is not of a training"
              .formatted(manifest.file()));
    }
    return new ManifestSettings(values, json.path(THREADS).asInt(), json.path(ENGINE).asText());
  }
}
