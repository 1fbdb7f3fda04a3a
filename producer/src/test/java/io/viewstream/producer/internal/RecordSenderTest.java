package io.viewstream.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.schemas.TopicNames;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecordSenderTest {
  private static Map<String, Object> properties(Map<String, String> own) {
    return RecordSender.properties(
        new ConnectionSettings("localhost:9092", "http://localhost:8081", new TopicNames(""), own));
  }

  @Test
  void shouldSendIdempotentlyWithBoundedMemory() {
    assertThat(properties(Map.of()))
        .containsEntry("enable.idempotence", true)
        .containsEntry("acks", "all")
        .containsEntry("max.request.size", 9 * 1024 * 1024)
        .containsEntry("buffer.memory", 16L * 1024 * 1024)
        .containsEntry("compression.type", "none");
  }

  @Test
  void shouldLetUsersTuneButNotWeaken() {
    assertThat(properties(Map.of("linger.ms", "50", "acks", "1", "enable.idempotence", "false")))
        .containsEntry("linger.ms", "50")
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true);
  }
}
