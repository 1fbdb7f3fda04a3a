package io.viewstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.TopicAdministrator.TopicState;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.TopicNames;
import io.viewstream.schemas.serde.SchemaNotRegisteredException;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** The administrator of {@code infra/kafka} against a real broker and a real registry. */
class TopicAdministratorIT {
  private final KafkaEnvironment environment = KafkaEnvironment.shared();

  @Test
  void shouldCreateEachTopicOnceWithItsSettingsAndSchema() {
    ConnectionSettings connection = environment.newConnection();
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      assertThat(topics.create(3, 1)).hasSize(4);
      assertThat(topics.create(3, 1)).as("the second time").isEmpty();

      Map<Topic, TopicState> states = topics.verifyAll(false);
      for (Topic topic : Topic.values()) {
        TopicState state = states.get(topic);
        assertThat(state.partitions()).isEqualTo(topic.partitioned() ? 3 : 1);
        assertThat(state.configuration()).isEqualTo(topic.configuration(1));
        assertThat(
                connection
                    .schemaRegistry()
                    .idOf(Topic.subject(connection.topics().of(topic)), topic.schema()))
            .isPositive();
      }
    }
  }

  @Test
  void shouldRefuseASchemaThatOldReadersCannotRead() {
    ConnectionSettings connection = environment.newTopics(1);
    String subject = Topic.subject(connection.topics().sourceImages());
    Schema incompatible =
        SchemaBuilder.record("SourceImage")
            .namespace("io.viewstream.schemas")
            .fields()
            .requiredLong("somethingElse")
            .endRecord();

    assertThatThrownBy(() -> connection.schemaRegistry().register(subject, incompatible))
        .isInstanceOf(SchemaNotRegisteredException.class)
        .hasMessageContaining(subject);
  }

  @Test
  void shouldNameAllTopicsThatAreMissing() throws Exception {
    ConnectionSettings connection = environment.newConnection();
    TopicNames names = connection.topics();
    try (TopicAdministrator topics = new TopicAdministrator(connection);
        Admin admin = Admin.create(connection.kafkaProperties())) {
      assertThat(topics.describe()).isEmpty();
      assertThatThrownBy(() -> topics.verifyAll(false))
          .isInstanceOf(CommandException.class)
          .hasMessage(
              "Topics %s, %s, %s, %s are not on %s; run `viewstream topics create`, or correct --topic-prefix",
              names.sourceImages(),
              names.syntheticViews(),
              names.deadLetters(),
              names.generationRuns(),
              connection.bootstrapServers());

      topics.create(1, 1);
      admin.deleteTopics(List.of(names.deadLetters())).all().get();
      assertThatThrownBy(() -> topics.verifyAll(false))
          .hasMessageStartingWith("Topic " + names.deadLetters() + " is not on ");
      assertThat(topics.verify(List.of(Topic.SYNTHETIC_VIEWS), false))
          .containsOnlyKeys(Topic.SYNTHETIC_VIEWS);
    }
  }

  @Test
  void shouldRefuseATopicThatLosesRecordsUnlessAllowed() throws Exception {
    ConnectionSettings connection = environment.newTopics(1);
    change(connection, connection.topics().syntheticViews(), "retention.ms", "1000");
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      assertThatThrownBy(() -> topics.verifyAll(false))
          .hasMessageContaining(connection.topics().syntheticViews())
          .hasMessageContaining("retention.ms=1000");
      assertThat(topics.verifyAll(true)).hasSize(4);

      change(connection, connection.topics().syntheticViews(), "cleanup.policy", "compact");
      assertThatThrownBy(() -> topics.verifyAll(true))
          .hasMessageContaining("cleanup.policy=compact");
    }
  }

  private static void change(ConnectionSettings connection, String topic, String key, String value)
      throws Exception {
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }
}
