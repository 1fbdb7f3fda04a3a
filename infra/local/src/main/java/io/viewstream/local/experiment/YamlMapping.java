package io.viewstream.local.experiment;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping in a YAML file, read strictly: keys are taken one by one, and {@link #requireNoOther}
 * refuses what is left. Every message names file, line and key. The nodes are used as they were
 * composed, before YAML makes objects of them, because only they know their lines; and a value such
 * as {@code 0.50} keeps its digits.
 */
final class YamlMapping {

  private final Path file;
  private final String name;
  private final int line;
  private final Map<String, Entry> entries;
  private final List<String> known = new ArrayList<>();

  private record Entry(int line, Node value) {}

  /**
   * A value with its place.
   *
   * @param text as written, without quotes
   * @param line from 1
   */
  record Scalar(String key, String text, int line) {}

  private YamlMapping(Path file, String name, int line, Map<String, Entry> entries) {
    this.file = file;
    this.name = name;
    this.line = line;
    this.entries = entries;
  }

  /**
   * The mapping that a file holds.
   *
   * @throws CommandException if there is no such file, or no mapping in it
   */
  static YamlMapping read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      LoaderOptions options = new LoaderOptions();
      options.setMaxAliasesForCollections(0);
      Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
      if (root == null) {
        throw CommandException.usage(file + " is empty");
      }
      return of(file, "", root);
    } catch (IOException e) {
      throw CommandException.failed("Cannot read --grid " + file + ": " + Reason.of(e), e);
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw CommandException.usage(
          "%s, line %d: %s is no YAML: %s"
              .formatted(
                  file,
                  mark == null ? 1 : mark.getLine() + 1,
                  "this",
                  String.valueOf(e.getProblem()).replace('\n', ' ')));
    } catch (YAMLException e) {
      throw CommandException.usage(
          "%s is no YAML: %s".formatted(file, String.valueOf(e.getMessage()).replace('\n', ' ')));
    }
  }

  private static YamlMapping of(Path file, String name, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw fault(
          file, lineOf(node), name.isEmpty() ? "the file" : name, "must be keys with values");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      if (!(key instanceof ScalarNode scalar)) {
        throw fault(file, lineOf(key), name, "has a key that is no word");
      }
      String text = scalar.getValue();
      if (entries.put(text, new Entry(lineOf(key), tuple.getValueNode())) != null) {
        throw fault(file, lineOf(key), qualified(name, text), "is there twice");
      }
    }
    return new YamlMapping(file, name, lineOf(node), entries);
  }

  /** The keys, all of which count as known from now on. */
  List<String> keys() {
    known.addAll(entries.keySet());
    return List.copyOf(entries.keySet());
  }

  /** A single value, if the key is there. */
  Optional<Scalar> scalar(String key) {
    return take(key).map(entry -> scalar(key, entry.value()));
  }

  /** A single value. */
  Scalar requireScalar(String key) {
    return scalar(key).orElseThrow(() -> missing(key));
  }

  /** A list of values, not empty, if the key is there. */
  Optional<List<Scalar>> scalars(String key) {
    return take(key)
        .map(
            entry -> {
              if (!(entry.value() instanceof SequenceNode sequence)
                  || sequence.getValue().isEmpty()) {
                throw fault(
                    file, entry.line(), qualified(name, key), "must be a list such as [1, 2]");
              }
              return sequence.getValue().stream().map(item -> scalar(key, item)).toList();
            });
  }

  /** A mapping, if the key is there. */
  Optional<YamlMapping> mapping(String key) {
    return take(key).map(entry -> of(file, qualified(name, key), entry.value()));
  }

  /** A whole number of at least one, if the key is there. */
  Optional<Long> count(String key) {
    return scalar(key).map(this::count);
  }

  /** A value as a whole number of at least one. */
  long count(Scalar scalar) {
    try {
      long value = Long.parseLong(scalar.text());
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw fault(scalar, "is %s; it must be a whole number of at least 1".formatted(scalar.text()));
  }

  /**
   * Refuses keys that were not asked for.
   *
   * @throws CommandException naming the first
   */
  void requireNoOther() {
    entries.forEach(
        (key, entry) -> {
          if (!known.contains(key)) {
            throw fault(
                file,
                entry.line(),
                qualified(name, key),
                "is unknown here; known are " + String.join(", ", known));
          }
        });
  }

  /** A fault of a value, to be thrown. */
  CommandException fault(Scalar scalar, String what) {
    return fault(file, scalar.line(), qualified(name, scalar.key()), what);
  }

  /** A fault of a key, to be thrown. */
  CommandException missing(String key) {
    return fault(file, line, qualified(name, key), "is missing");
  }

  private Optional<Entry> take(String key) {
    known.add(key);
    return Optional.ofNullable(entries.get(key));
  }

  private Scalar scalar(String key, Node node) {
    if (!(node instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
      throw fault(file, lineOf(node), qualified(name, key), "must be a single value");
    }
    return new Scalar(key, scalar.getValue(), lineOf(node));
  }

  private static CommandException fault(Path file, int line, String key, String what) {
    return CommandException.usage("%s, line %d: %s %s".formatted(file, line, key, what));
  }

  private static String qualified(String name, String key) {
    return name.isEmpty() ? key : name + "." + key;
  }

  private static int lineOf(@Nullable Node node) {
    return node == null || node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
  }
}
