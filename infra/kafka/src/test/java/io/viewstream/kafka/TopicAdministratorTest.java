package io.viewstream.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.TopicNames;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What needs no broker; the rest is in the module of the embedded one. */
class TopicAdministratorTest {

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
        .hasMessageContaining("Invalid value FOO for configuration security.protocol");
  }
}
