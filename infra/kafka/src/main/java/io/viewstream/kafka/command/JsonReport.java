package io.viewstream.kafka.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The outcome of a command as one JSON object, in the order in which its entries were put. The keys
 * are part of the command line's contract: counts are integers, rates per second, times in seconds,
 * fractions and accuracies within [0, 1]. Used by one thread.
 */
public final class JsonReport {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Map<String, Object> entries = new LinkedHashMap<>();

  /**
   * Adds an entry.
   *
   * @param value a number, text, boolean, array, list or map of such
   */
  public JsonReport put(String key, Object value) {
    entries.put(key, value);
    return this;
  }

  /** Adds all entries of another report. */
  public JsonReport putAll(JsonReport other) {
    entries.putAll(other.entries);
    return this;
  }

  /** The entries so far, as a copy. */
  public Map<String, Object> entries() {
    return new LinkedHashMap<>(entries);
  }

  /**
   * Finds early what would keep a report from being written, hours of work later. Nothing is
   * written, and no folder made.
   *
   * @throws CommandException when the file could not be written
   */
  public static void requireWritable(Path file) {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    String fault = null;
    if (Files.isDirectory(target)) {
      fault = "it is a folder";
    } else if (WholeFile.isWrittenInPlace(target)) {
      fault = Files.exists(target) && !Files.isWritable(target) ? "it may not be written to" : null;
    } else if (folder == null || !Files.isDirectory(folder)) {
      fault = folder + " is no folder";
    } else if (!Files.isWritable(folder)) {
      fault = "nothing may be written into " + folder;
    }
    if (fault != null) {
      throw CommandException.failed("Cannot write --report " + target + ": " + fault);
    }
  }

  /**
   * Writes the report if a file is given: whole or not at all, unless it is a link, a pipe or a
   * device.
   *
   * @throws CommandException when the file cannot be written
   */
  public void write(Optional<Path> file) {
    if (file.isEmpty()) {
      return;
    }
    Path target = file.get().toAbsolutePath();
    try {
      WholeFile.write(target, (MAPPER.writeValueAsString(entries) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw CommandException.failed("Cannot write --report " + target + ": " + Reason.of(e), e);
    }
  }
}
