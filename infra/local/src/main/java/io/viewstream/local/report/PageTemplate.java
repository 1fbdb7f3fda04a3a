package io.viewstream.local.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text resource with places such as {@code {{losses}}} to fill.
 *
 * @param text of the template
 */
record PageTemplate(String text) {

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-zA-Z]+)}}");

  /** Loads a resource of this package. */
  static PageTemplate load(String resource) {
    try (InputStream stream = PageTemplate.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is missing from the class path");
      }
      return new PageTemplate(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Fills all places.
   *
   * @throws IllegalArgumentException when a place has no value, or a value no place
   */
  String fill(Map<String, Html> values) {
    Set<String> unused = new HashSet<>(values.keySet());
    StringBuilder page = new StringBuilder();
    Matcher matcher = PLACE.matcher(text);
    while (matcher.find()) {
      Html value = values.get(matcher.group(1));
      if (value == null) {
        throw new IllegalArgumentException("The template's " + matcher.group() + " has no value");
      }
      unused.remove(matcher.group(1));
      matcher.appendReplacement(page, Matcher.quoteReplacement(value.markup()));
    }
    matcher.appendTail(page);
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException("The template has no place for " + unused);
    }
    return page.toString();
  }
}
