package io.viewstream.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.TopicNames;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What needs no broker; the rest is in the module of the embedded one. */
class TopicAdministratorTest {

  /** A password with a space in it needs quotes. */
  private static final String UNQUOTED =
      "org.apache.kafka.common.security.plain.PlainLoginModule required"
          + " username=me password=my hunter2secret;";

  private static ConnectionSettings connection(String server, Map<String, String> properties) {
    return new ConnectionSettings(
        server, ConnectionSettings.DEFAULT_REGISTRY_URL, new TopicNames(""), properties);
  }

  @Test
  void shouldNameAnAddressThatCannotBeResolved() {
    ConnectionSettings nowhere = connection("broker.invalid:9092", Map.of());

    assertThatThrownBy(() -> new TopicAdministrator(nowhere))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("Cannot connect to broker.invalid:9092: No resolvable");
  }

  @Test
  void shouldNameAClientPropertyThatIsNotLegal() {
    ConnectionSettings wrong = connection("localhost:9092", Map.of("security.protocol", "FOO"));

    assertThatThrownBy(() -> new TopicAdministrator(wrong))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("security.protocol in the file of --command-config is not usable")
        .hasMessageNotContaining("FOO")
        .hasNoCause();
  }

  @Test
  void shouldShowNoPartOfAPasswordThatCannotBeParsed() {
    Map<String, String> unquoted =
        Map.of(
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            UNQUOTED);

    assertThatThrownBy(() -> new TopicAdministrator(connection("localhost:9092", unquoted)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("sasl.jaas.config in the file of --command-config is not usable")
        .hasMessageNotContaining("hunter2secret")
        .hasNoCause();
  }

  @Test
  void shouldShowNoPartOfTheRegistrysCredentials() {
    ConnectionSettings wrong =
        connection(
            "localhost:9092",
            Map.of("basic.auth.credentials.source", "SASL_INHERIT", "sasl.jaas.config", UNQUOTED));

    assertThatThrownBy(wrong::schemaRegistry)
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("sasl.jaas.config in the file of --command-config is not usable")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }
}
