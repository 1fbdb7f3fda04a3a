package io.viewstream.trainer.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Named sets of values, each value with its source. A preset is a JSON file of values for all
 * methods ({@code common}) and for each, with notes for the user; it may build on another ({@code
 * base}).
 */
public enum Preset {
  /** The configuration of the paper (GenerativeSSL), for 224 px and several GPUs. */
  PAPER,
  /** Second settings that the paper's repository held, of BYOL and SimSiam. */
  PAPER_ALTERNATE,
  /** For images of 32 px on a CPU: a narrow network that trains in a minute or two. */
  CIFAR,
  /** To see that everything runs: seconds, no accuracy to speak of. */
  SMOKE;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The preset as users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The preset of that name.
   *
   * @throws SettingsException if there is none
   */
  public static Preset named(String text) {
    return Arrays.stream(values())
        .filter(preset -> preset.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingsException(
                    "There is no preset '%s'; there are %s"
                        .formatted(
                            text,
                            String.join(
                                ", ", Arrays.stream(values()).map(Preset::text).toList()))));
  }

  /**
   * The values for a method.
   *
   * @throws SettingsException if the preset has none for it
   */
  public SettingValues values(MethodName method) {
    return read(method).with(SettingKey.METHOD, method.text(), "preset " + text());
  }

  private SettingValues read(MethodName method) {
    JsonNode json = json();
    SettingValues values = SettingValues.NONE;
    if (json.has("base")) {
      if (!json.has(method.text())) {
        throw new SettingsException(
            "The preset %s has no values for %s; use --preset %s"
                .formatted(text(), method.text(), json.path("base").asText()));
      }
      values = named(json.path("base").asText()).read(method);
    }
    return values
        .withAll(SettingValues.fromJson(json.path("common")))
        .withAll(SettingValues.fromJson(json.path(method.text())));
  }

  /** What a user should know of the preset, one sentence or a few in each; often nothing. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    json().path("notes").forEach(note -> notes.add(note.asText()));
    return List.copyOf(notes);
  }

  private JsonNode json() {
    String resource = "presets/" + text() + ".json";
    try (InputStream stream = Preset.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(
            "The preset " + resource + " is missing from the class path");
      }
      return JSON.readTree(stream);
    } catch (IOException e) {
      throw new IllegalStateException("The preset " + resource + " cannot be read", e);
    }
  }
}
