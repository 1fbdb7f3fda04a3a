package io.viewstream.tensorrt;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the engine. Each is a system property {@code viewstream.tensorrt.NAME} or an
 * environment variable {@code VIEWSTREAM_TENSORRT_NAME}; the property wins.
 *
 * @param libraryDirectory {@code library-dir}: where NVIDIA's libraries are; empty: the redist jar
 *     if it is on the class path, else the usual library directories
 * @param planCache {@code plan-cache-dir}: where plans are kept
 * @param planCacheBytes {@code plan-cache-bytes}: above this the plans that were not used for the
 *     longest time are deleted, after a build
 * @param buildDeadline {@code build-deadline}: how long one build may take, such as PT30M
 * @param workspaceBytes {@code workspace-bytes}: device memory that a build may plan with for
 *     scratch space
 * @param maxBatch {@code max-batch}: largest batch of a plan whose model was loaded without saying
 * @param tf32 {@code tf32}: whether float32 products may be rounded to TF32, which is faster and
 *     exact to three digits only
 */
public record TensorRtSettings(
    Optional<Path> libraryDirectory,
    Path planCache,
    long planCacheBytes,
    Duration buildDeadline,
    long workspaceBytes,
    int maxBatch,
    boolean tf32) {

  /** Of the names of the properties. */
  public static final String PREFIX = "viewstream.tensorrt.";

  private static final long GIBIBYTE = 1L << 30;

  /** The settings of this process. */
  public static TensorRtSettings ofProcess() {
    return of(System.getProperties(), System.getenv());
  }

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException names the setting and its value
   */
  static TensorRtSettings of(Properties properties, Map<String, String> environment) {
    Reader reader = new Reader(properties, environment);
    return new TensorRtSettings(
        reader.text("library-dir").map(Path::of),
        reader.text("plan-cache-dir").map(Path::of).orElseGet(() -> defaultCache(environment)),
        reader.number("plan-cache-bytes", 20 * GIBIBYTE),
        reader.duration("build-deadline", Duration.ofMinutes(30)),
        reader.number("workspace-bytes", 4 * GIBIBYTE),
        Math.toIntExact(Math.min(reader.number("max-batch", 32), Integer.MAX_VALUE)),
        reader.truth("tf32"));
  }

  private static Path defaultCache(Map<String, String> environment) {
    @Nullable String cache = environment.get("XDG_CACHE_HOME");
    Path home =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return home.resolve("viewstream").resolve("tensorrt");
  }

  private record Reader(Properties properties, Map<String, String> environment) {

    Optional<String> text(String name) {
      @Nullable String value = properties.getProperty(PREFIX + name);
      if (value == null) {
        String variable = (PREFIX + name).replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
        value = environment.get(variable);
      }
      return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }

    long number(String name, long otherwise) {
      Optional<String> text = text(name);
      try {
        long number = text.map(Long::parseLong).orElse(otherwise);
        if (number > 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw wrong(name, text, "a whole number above 0");
      }
      throw wrong(name, text, "a whole number above 0");
    }

    Duration duration(String name, Duration otherwise) {
      Optional<String> text = text(name);
      try {
        Duration duration = text.map(Duration::parse).orElse(otherwise);
        if (duration.isPositive()) {
          return duration;
        }
      } catch (DateTimeParseException e) {
        throw wrong(name, text, "a duration such as PT30M");
      }
      throw wrong(name, text, "a duration such as PT30M");
    }

    boolean truth(String name) {
      Optional<String> text = text(name);
      return switch (text.orElse("false").toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw wrong(name, text, "true or false");
      };
    }

    private static IllegalArgumentException wrong(
        String name, Optional<String> value, String expected) {
      return new IllegalArgumentException(
          "%s%s is %s and must be %s".formatted(PREFIX, name, value.orElse(""), expected));
    }
  }
}
