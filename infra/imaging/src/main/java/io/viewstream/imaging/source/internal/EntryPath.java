package io.viewstream.imaging.source.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A legal path within a source: relative, of plain names.
 *
 * @param names folders from the root inwards, then the file
 */
record EntryPath(List<String> names) {
  EntryPath {
    names = List.copyOf(names);
  }

  /** What a path as found comes to: a legal path, or the reason why it is none. */
  sealed interface Parsed {
    record Legal(EntryPath path) implements Parsed {}

    record Illegal(String message) implements Parsed {}
  }

  /** Reads a path with forward slashes; {@code .} and empty names fall away. */
  static Parsed parse(String text) {
    if (text.startsWith("/")) {
      return new Parsed.Illegal("absolute path, which leads out of the archive");
    }
    if (hasControlCharacters(text)) {
      return new Parsed.Illegal("path with control characters");
    }
    List<String> names = new ArrayList<>(4);
    for (int start = 0, end = 0; end < text.length(); start = end + 1) {
      int slash = text.indexOf('/', start);
      end = slash < 0 ? text.length() : slash;
      String name = text.substring(start, end);
      if (name.equals("..")) {
        return new Parsed.Illegal("path with '..', which can lead out of the archive");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    if (names.isEmpty()) {
      return new Parsed.Illegal("empty path");
    }
    return new Parsed.Legal(new EntryPath(names));
  }

  private static boolean hasControlCharacters(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** The path as text that is safe to show on one line. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
    return shown.toString();
  }

  boolean hidden() {
    for (String name : names) {
      if (name.startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /** The folder that the file lies in, if it does not lie at the root. */
  Optional<String> parent() {
    return names.size() < 2 ? Optional.empty() : Optional.of(names.get(names.size() - 2));
  }

  @Override
  public String toString() {
    return String.join("/", names);
  }
}
