package io.viewstream.schemas;

import java.util.regex.Pattern;

/**
 * The names of the topics on one cluster: {@code <prefix><base name>}. Different prefixes keep
 * several data planes apart on one cluster.
 *
 * @param prefix put before each name as it is; may be empty
 */
public record TopicNames(String prefix) {
  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{0,200}");

  /**
   * Checks the prefix.
   *
   * @throws IllegalArgumentException when a topic name with this prefix would not be legal in Kafka
   */
  public TopicNames {
    if (!LEGAL.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "Topic prefix '"
              + prefix
              + "' is not legal: at most 200 letters, digits, dots, underscores and hyphens");
    }
  }

  /** The name of a topic. */
  public String of(Topic topic) {
    return prefix + topic.baseName();
  }

  /**
   * The topic that has a name.
   *
   * @throws IllegalArgumentException when none has
   */
  public Topic topic(String name) {
    for (Topic topic : Topic.values()) {
      if (name.length() == prefix.length() + topic.baseName().length()
          && name.startsWith(prefix)
          && name.endsWith(topic.baseName())) {
        return topic;
      }
    }
    throw new IllegalArgumentException("No topic of the prefix '" + prefix + "': " + name);
  }

  public String sourceImages() {
    return of(Topic.SOURCE_IMAGES);
  }

  public String syntheticViews() {
    return of(Topic.SYNTHETIC_VIEWS);
  }

  public String deadLetters() {
    return of(Topic.DEAD_LETTERS);
  }

  public String generationRuns() {
    return of(Topic.GENERATION_RUNS);
  }
}
