package io.viewstream.trainer.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;

/** Named sets of values, each value with its source. */
public enum Preset {
  /** The configuration of the paper (GenerativeSSL), for 224 px and several GPUs. */
  PAPER,
  /** For images of 32 px on a CPU: a narrow network that trains in a minute or two. */
  CIFAR,
  /** To see that everything runs: seconds, no accuracy to speak of. */
  SMOKE;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The preset as users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
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

  /** The values for a method. */
  public SettingValues values(MethodName method) {
    String resource = "presets/" + text() + ".json";
    try (InputStream stream = Preset.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(
            "The preset " + resource + " is missing from the class path");
      }
      JsonNode json = JSON.readTree(stream);
      return SettingValues.fromJson(json.path("common"))
          .withAll(SettingValues.fromJson(json.path(method.text())))
          .with(SettingKey.METHOD, method.text(), "preset " + text());
    } catch (IOException e) {
      throw new IllegalStateException("The preset " + resource + " cannot be read", e);
    }
  }
}
