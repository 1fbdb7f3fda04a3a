package io.viewstream.generators.internal.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.source.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * One object of a JSON file, read setting by setting. Every fault is one line that names the file,
 * the setting, its value and what it must be. Settings that nobody asked for are faults too: a
 * misspelt one must not be taken for its default.
 */
final class JsonSettings {

  /** More than any generator.json needs. */
  static final int MAX_BYTES = 1 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final String prefix;
  private final JsonNode object;
  private final Set<String> known = new TreeSet<>();

  private JsonSettings(Path file, String prefix, JsonNode object) {
    this.file = file;
    this.prefix = prefix;
    this.object = object;
    if (!object.isObject()) {
      throw new InvalidPackageException(
          "%s: %s must be an object"
              .formatted(file, prefix.isEmpty() ? "the content" : prefix.replaceFirst("\\.$", "")));
    }
  }

  static JsonSettings read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InvalidPackageException(
            "%s has %d bytes, must have at most %d".formatted(file, Files.size(file), MAX_BYTES));
      }
      return new JsonSettings(file, "", MAPPER.readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException e) {
      throw new InvalidPackageException(
          "%s is not valid JSON, or has a setting twice, see line %d, column %d"
              .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw new InvalidPackageException(file + " cannot be read: " + FileFault.of(e), e);
    }
  }

  /** The file, and the object inside it unless it is the whole. */
  String location() {
    return prefix.isEmpty() ? file.toString() : file + ": " + prefix.replaceFirst("\\.$", "");
  }

  boolean has(String key) {
    known.add(key);
    return object.hasNonNull(key);
  }

  String text(String key) {
    JsonNode value = require(key, "a text");
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw fault(key, value, "a text that is not empty");
    }
    return value.textValue();
  }

  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /** The one of these constants whose name in JSON is its own in lower case with hyphens. */
  <E extends Enum<E>> E constant(String key, Class<E> constants) {
    List<String> names = new ArrayList<>();
    for (E constant : constants.getEnumConstants()) {
      names.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    JsonNode value = require(key, "one of " + String.join(", ", names));
    int index = value.isTextual() ? names.indexOf(value.textValue()) : -1;
    if (index < 0) {
      throw fault(key, value, "one of " + String.join(", ", names));
    }
    return constants.getEnumConstants()[index];
  }

  long integer(String key, long min, long max) {
    String bounds = "a whole number from " + min + " to " + max;
    JsonNode value = require(key, bounds);
    if (!value.canConvertToExactIntegral() || value.asLong() < min || value.asLong() > max) {
      throw fault(key, value, bounds);
    }
    return value.asLong();
  }

  int integer(String key, int min, int max, int otherwise) {
    return has(key) ? (int) integer(key, min, max) : otherwise;
  }

  boolean truth(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = object.get(key);
    if (!value.isBoolean()) {
      throw fault(key, value, "true or false");
    }
    return value.booleanValue();
  }

  /** From min to max, both included. */
  double number(String key, double min, double max) {
    String bounds = "a number from " + min + " to " + max;
    JsonNode value = require(key, bounds);
    if (!value.isNumber() || !(value.doubleValue() >= min && value.doubleValue() <= max)) {
      throw fault(key, value, bounds);
    }
    return value.doubleValue();
  }

  /** From min to max, neither included. */
  double between(String key, double min, double max) {
    String bounds = "a number above " + min + " and below " + max;
    JsonNode value = require(key, bounds);
    if (!value.isNumber() || !(value.doubleValue() > min && value.doubleValue() < max)) {
      throw fault(key, value, bounds);
    }
    return value.doubleValue();
  }

  double positive(String key) {
    JsonNode value = require(key, "a number above 0");
    if (!isPositive(value)) {
      throw fault(key, value, "a number above 0");
    }
    return value.doubleValue();
  }

  /** Above zero, also as the float that it is used as, and not infinite. */
  private static boolean isPositive(JsonNode value) {
    return value.isNumber() && value.floatValue() > 0 && Float.isFinite(value.floatValue());
  }

  List<Double> numbers(String key, int count) {
    return numbers(
        key,
        "an array of " + count + " numbers",
        count,
        element -> element.isNumber() && Float.isFinite(element.floatValue()));
  }

  List<Double> positives(String key, int count) {
    return numbers(
        key, "an array of " + count + " numbers above 0", count, JsonSettings::isPositive);
  }

  private List<Double> numbers(String key, String shape, int count, Predicate<JsonNode> condition) {
    JsonNode value = require(key, shape);
    List<Double> numbers = new ArrayList<>();
    for (JsonNode element : value) {
      if (condition.test(element)) {
        numbers.add(element.doubleValue());
      }
    }
    if (!value.isArray() || value.size() != count || numbers.size() != count) {
      throw fault(key, value, shape);
    }
    return numbers;
  }

  /** Whole numbers from 1 to max. */
  List<Integer> integers(String key, int max, List<Integer> otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = object.get(key);
    List<Integer> integers = new ArrayList<>();
    for (JsonNode element : value) {
      if (element.canConvertToExactIntegral()
          && element.canConvertToInt()
          && element.intValue() > 0
          && element.intValue() <= max) {
        integers.add(element.intValue());
      }
    }
    if (!value.isArray() || integers.isEmpty() || integers.size() != value.size()) {
      throw fault(key, value, "an array of whole numbers from 1 to " + max);
    }
    return integers;
  }

  JsonSettings object(String key) {
    return new JsonSettings(file, prefix + key + ".", require(key, "an object"));
  }

  /** All entries, each of them an object. */
  Map<String, JsonSettings> objects() {
    Map<String, JsonSettings> objects = new LinkedHashMap<>();
    object.fieldNames().forEachRemaining(key -> objects.put(key, object(key)));
    return objects;
  }

  /** To be called when all settings are read. */
  void refuseOthers() {
    object
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw new InvalidPackageException(
                    "%s: %s%s is unknown; known are %s"
                        .formatted(file, prefix, key, String.join(", ", known)));
              }
            });
  }

  InvalidPackageException fault(String key, JsonNode value, String requirement) {
    return new InvalidPackageException(
        "%s: %s%s is %s, must be %s".formatted(file, prefix, key, value, requirement));
  }

  private JsonNode require(String key, String requirement) {
    known.add(key);
    JsonNode value = object.get(key);
    if (value == null || value.isNull()) {
      throw new InvalidPackageException(
          "%s: %s%s is missing, must be %s".formatted(file, prefix, key, requirement));
    }
    return value;
  }
}
