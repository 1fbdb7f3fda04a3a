package io.viewstream.trainer.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of a training with their sources; immutable. */
public final class SettingValues {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** No values. */
  public static final SettingValues NONE = new SettingValues(Map.of());

  private final Map<SettingKey, SettingValue> values;

  private SettingValues(Map<SettingKey, SettingValue> values) {
    this.values = values;
  }

  /** The same with one value set, in place of an earlier one. */
  public SettingValues with(SettingKey key, Object value, String source) {
    EnumMap<SettingKey, SettingValue> changed = new EnumMap<>(SettingKey.class);
    changed.putAll(values);
    changed.put(key, new SettingValue(String.valueOf(value), source));
    return new SettingValues(changed);
  }

  /** The same with all values of another, which win. */
  public SettingValues withAll(SettingValues others) {
    EnumMap<SettingKey, SettingValue> changed = new EnumMap<>(SettingKey.class);
    changed.putAll(values);
    changed.putAll(others.values);
    return new SettingValues(changed);
  }

  /** The values by key. */
  public Map<SettingKey, SettingValue> all() {
    return Collections.unmodifiableMap(values);
  }

  /** The value of a key, if it is set. */
  public Optional<String> find(SettingKey key) {
    return Optional.ofNullable(values.get(key)).map(SettingValue::value);
  }

  /**
   * The value of a key.
   *
   * @throws SettingsException if it is not set
   */
  public String text(SettingKey key) {
    return find(key)
        .orElseThrow(
            () -> new SettingsException("The setting %s has no value".formatted(key.text())));
  }

  /**
   * A whole number.
   *
   * @throws SettingsException if it is none or out of the bounds
   */
  public int integer(SettingKey key, int min, int max) {
    try {
      int value = Integer.parseInt(text(key));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    String limits = max == Integer.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
    throw new SettingsException(
        "%s is %s; it must be a whole number %s".formatted(key.text(), text(key), limits));
  }

  /**
   * A whole number of 64 bits.
   *
   * @throws SettingsException if it is none
   */
  public long longInteger(SettingKey key) {
    try {
      return Long.parseLong(text(key));
    } catch (NumberFormatException e) {
      throw new SettingsException(
          "%s is %s; it must be a whole number".formatted(key.text(), text(key)), e);
    }
  }

  /**
   * A number.
   *
   * @throws SettingsException if it is none or out of the bounds
   */
  public double number(SettingKey key, double min, double max) {
    try {
      double value = Double.parseDouble(text(key));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new SettingsException(
        "%s is %s; it must be a number from %s to %s".formatted(key.text(), text(key), min, max));
  }

  /**
   * true or false.
   *
   * @throws SettingsException if it is neither
   */
  public boolean truth(SettingKey key) {
    String value = text(key);
    if (!value.equals("true") && !value.equals("false")) {
      throw new SettingsException(
          "%s is %s; it must be true or false".formatted(key.text(), value));
    }
    return value.equals("true");
  }

  /**
   * Where these do not say what others do, as text for the user: key, value here, value there. What
   * the others leave open does not differ.
   */
  public List<String> differences(SettingValues others) {
    List<String> differences = new ArrayList<>();
    others.values.forEach(
        (key, other) -> {
          // A training in epochs, the usual one, says nothing of its mode.
          String value =
              find(key).orElse(key == SettingKey.MODE ? ContinuousSettings.EPOCHS : "not set");
          if (!sameMeaning(key, other.value(), value)) {
            differences.add("%s is %s, not %s".formatted(key.text(), value, other.value()));
          }
        });
    return differences;
  }

  /** Whether two texts mean the same to a training: 0.50 and 0.5 do, runs named so do not. */
  private static boolean sameMeaning(SettingKey key, String one, String other) {
    if (one.equals(other) || key == SettingKey.VIEWS_FROM) {
      return one.equals(other);
    }
    String[] ones = one.split(",", -1);
    String[] others = other.split(",", -1);
    if (ones.length != others.length) {
      return false;
    }
    try {
      for (int i = 0; i < ones.length; i++) {
        if (new BigDecimal(ones[i]).compareTo(new BigDecimal(others[i])) != 0) {
          return false;
        }
      }
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The values by name, without sources. */
  public Map<String, String> plain() {
    Map<String, String> plain = new LinkedHashMap<>();
    values.forEach((key, value) -> plain.put(key.text(), value.value()));
    return plain;
  }

  /** Where the values come from, by name. */
  public Map<String, String> sources() {
    Map<String, String> sources = new LinkedHashMap<>();
    values.forEach((key, value) -> sources.put(key.text(), value.source()));
    return sources;
  }

  /** SHA-256 of all keys and values, without the sources: equal for equal trainings. */
  public String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      values.forEach(
          (key, value) ->
              digest.update(
                  (key.text() + "=" + value.value() + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** As JSON: {@code {"width": {"value": "16", "source": "--width"}, …}}. */
  public ObjectNode toJson() {
    ObjectNode json = JSON.createObjectNode();
    values.forEach(
        (key, value) ->
            json.putObject(key.text()).put("value", value.value()).put("source", value.source()));
    return json;
  }

  /**
   * Reads what {@link #toJson} made.
   *
   * @throws SettingsException if a key is unknown or has no value
   */
  public static SettingValues fromJson(JsonNode json) {
    SettingValues values = NONE;
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      SettingKey key = SettingKey.named(entry.getKey());
      JsonNode value = entry.getValue().get("value");
      if (value == null) {
        throw new SettingsException("The setting %s has no value".formatted(key.text()));
      }
      values = values.with(key, value.asText(), entry.getValue().path("source").asText());
    }
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SettingValues settings && settings.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
