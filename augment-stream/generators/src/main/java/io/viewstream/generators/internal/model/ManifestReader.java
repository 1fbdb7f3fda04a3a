package io.viewstream.generators.internal.model;

import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.model.Manifest.EncoderSettings;
import io.viewstream.generators.internal.model.Manifest.FileIdentity;
import io.viewstream.generators.internal.model.Manifest.Precision;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a generator.json: what all kinds have here, the rest by its kind. */
final class ManifestReader {

  private static final int MAX_RESOLUTION = 4_096;
  private static final int MAX_DIMENSION = 1 << 16;
  private static final int MAX_BATCH = 1_024;
  private static final int MAX_DEADLINE_MILLIS = 3_600_000;

  private ManifestReader() {}

  /**
   * Reads all settings.
   *
   * @throws InvalidPackageException with one line that says which setting is wrong
   */
  static Manifest read(JsonSettings settings) {
    String kind = settings.text("kind");
    return switch (kind) {
      case IcganSettings.NAME ->
          read(
              settings,
              "Instance-conditioned generator",
              IcganModel.COMPONENTS,
              IcganSettings.DEFAULT_BATCH_SIZES,
              IcganSettings.read(settings));
      case UnclipSettings.NAME ->
          read(
              settings,
              "Image variations by latent diffusion",
              UnclipNetworks.COMPONENTS,
              UnclipSettings.DEFAULT_BATCH_SIZES,
              UnclipSettings.read(settings));
      default ->
          throw new InvalidPackageException(
              "%s: kind %s is unknown; known are %s, %s"
                  .formatted(settings.location(), kind, IcganSettings.NAME, UnclipSettings.NAME));
    };
  }

  private static Manifest read(
      JsonSettings settings,
      String summary,
      List<String> roles,
      List<Integer> batchSizes,
      KindSettings kind) {
    int resolution = (int) settings.integer("resolution", 1, MAX_RESOLUTION);
    Manifest manifest =
        new Manifest(
            settings.text("id"),
            settings.text("version"),
            settings.text("summary", summary),
            settings.text("licence"),
            resolution,
            readComponents(settings.object("components"), roles),
            readEncoder(settings, resolution),
            kind,
            settings.has("precision")
                ? settings.constant("precision", Precision.class)
                : Precision.FLOAT32,
            settings.integers("batchSizes", MAX_BATCH, batchSizes).stream()
                .sorted()
                .distinct()
                .toList(),
            Duration.ofMillis(
                settings.integer(
                    "callDeadlineMillis",
                    1,
                    MAX_DEADLINE_MILLIS,
                    (int) GeneratorDescription.DEFAULT_CALL_DEADLINE.toMillis())),
            readFiles(settings.object("files")));
    settings.refuseOthers();
    return manifest;
  }

  private static Map<String, String> readComponents(JsonSettings settings, List<String> roles) {
    Map<String, String> components = new LinkedHashMap<>();
    for (String role : roles) {
      components.put(role, settings.text(role));
    }
    settings.refuseOthers();
    return components;
  }

  private static EncoderSettings readEncoder(JsonSettings settings, int resolution) {
    JsonSettings normalisation = settings.object("normalisation");
    EncoderSettings encoder =
        new EncoderSettings(
            settings.integer("encoderResolution", 1, MAX_RESOLUTION, resolution),
            normalisation.numbers("mean", 3),
            normalisation.positives("standardDeviation", 3),
            (int) settings.integer("embeddingDimension", 1, MAX_DIMENSION));
    normalisation.refuseOthers();
    return encoder;
  }

  static Map<String, FileIdentity> readFiles(JsonSettings settings) {
    Map<String, FileIdentity> files = new LinkedHashMap<>();
    settings
        .objects()
        .forEach(
            (name, identity) -> {
              files.put(
                  name,
                  new FileIdentity(
                      identity.text("sha256").toLowerCase(Locale.ROOT),
                      identity.integer("sizeBytes", 0, Long.MAX_VALUE)));
              identity.refuseOthers();
            });
    return files;
  }
}
