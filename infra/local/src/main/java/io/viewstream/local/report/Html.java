package io.viewstream.local.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Markup that is safe to put into a page. Text from outside becomes markup by {@link #text} alone,
 * so that a file name cannot become a script.
 *
 * @param markup well-formed HTML or SVG
 */
record Html(String markup) {

  /** No markup. */
  static final Html EMPTY = new Html("");

  /** Escapes text for use between tags and inside quoted attributes. */
  static Html text(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> {
          // Other control characters are no characters of HTML.
          boolean legal = c >= ' ' || c == '\n' || c == '\t';
          escaped.append(legal ? c : '\uFFFD');
        }
      }
    }
    return new Html(escaped.toString());
  }

  /**
   * Fills a format with text, which is escaped, and with markup, which is not.
   *
   * @param format markup with {@code %s} only
   * @param values {@link Html}, or anything else by its text
   */
  static Html format(String format, Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] =
          values[i] instanceof Html html ? html.markup() : text(String.valueOf(values[i])).markup();
    }
    return new Html(String.format(Locale.ROOT, format, safe));
  }

  /** One after the other. */
  static Html join(List<Html> parts) {
    return new Html(parts.stream().map(Html::markup).collect(Collectors.joining("\n")));
  }
}
