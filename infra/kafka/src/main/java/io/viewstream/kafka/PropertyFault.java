package io.viewstream.kafka;

import io.viewstream.kafka.command.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why no client could be made of a user's properties, without a part of any value: libraries repeat
 * what they could not parse, and that may be the half of a password behind a missing quote.
 */
final class PropertyFault {

  /** What speaks of the address alone, which is no property. */
  private static final List<String> OF_ADDRESS =
      List.of("No resolvable bootstrap urls given", "Invalid url in bootstrap.servers");

  private static final List<String> JAAS_HINTS = List.of("jaas", "login");
  private static final List<String> TLS_HINTS = List.of("ssl", "keystore", "truststore", "pem");

  /** Of a line that is no property, whatever it was meant to be, nothing is shown. */
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_-]*(\\.[a-z0-9_-]+)+");

  private PropertyFault() {}

  /** The end of a line for the user. */
  static String describe(Throwable failure, Set<String> keys) {
    String reason = Reason.of(failure);
    if (keys.isEmpty() || OF_ADDRESS.stream().anyMatch(reason::startsWith)) {
      return reason;
    }
    StringBuilder texts = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      texts.append(cause.getMessage()).append('\n');
    }
    String text = texts.toString();
    List<String> shown = keys.stream().filter(key -> KEY.matcher(key).matches()).sorted().toList();
    List<String> blamed = shown.stream().filter(key -> names(text, key)).toList();
    if (blamed.isEmpty()) {
      String lower = text.toLowerCase(Locale.ROOT);
      blamed = shown.stream().filter(key -> hints(lower, key)).toList();
    }
    return blamed.isEmpty()
        ? "one of the client properties is not usable (%s); check the file of --command-config, whose values are not shown here"
            .formatted(String.join(", ", shown))
        : "%s in the file of --command-config %s not usable; values are not shown, since they may be secret"
            .formatted(String.join(", ", blamed), blamed.size() == 1 ? "is" : "are");
  }

  private static boolean names(String text, String key) {
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(key) + "(?![\\w-]|\\.\\w)")
        .matcher(text)
        .find();
  }

  private static boolean hints(String text, String key) {
    return key.endsWith("sasl.jaas.config") && JAAS_HINTS.stream().anyMatch(text::contains)
        || key.contains("ssl.") && TLS_HINTS.stream().anyMatch(text::contains);
  }
}
