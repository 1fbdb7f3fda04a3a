package io.viewstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicNamesTest {
  @Test
  void shouldPutThePrefixBeforeEachName() {
    TopicNames names = new TopicNames("team-a.");

    assertThat(names.sourceImages()).isEqualTo("team-a.source-images");
    assertThat(names.syntheticViews()).isEqualTo("team-a.synthetic-views");
    assertThat(names.deadLetters()).isEqualTo("team-a.dead-letters");
    assertThat(names.generationRuns()).isEqualTo("team-a.generation-runs");
  }

  @Test
  void shouldTellTheTopicOfAName() {
    for (TopicNames names : List.of(new TopicNames("team-a."), new TopicNames(""))) {
      for (Topic topic : Topic.values()) {
        assertThat(names.topic(names.of(topic))).isEqualTo(topic);
      }
    }
    TopicNames names = new TopicNames("team-a.");
    for (String other :
        List.of("source-images", "team-b.source-images", "team-a.source-image", "team-a.", "")) {
      assertThatThrownBy(() -> names.topic(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("No topic of the prefix 'team-a.': " + other);
    }
  }

  @Test
  void shouldRefuseAPrefixThatKafkaWould() {
    assertThatThrownBy(() -> new TopicNames("a/b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a/b'");
  }

  @Test
  void shouldAskForTwoReplicasInSyncOnlyWhereThereAreThree() {
    assertThat(Topic.SYNTHETIC_VIEWS.configuration(2)).containsEntry("min.insync.replicas", "1");
    assertThat(Topic.SYNTHETIC_VIEWS.configuration(3)).containsEntry("min.insync.replicas", "2");
    assertThat(Topic.SOURCE_IMAGES.configuration(1))
        .containsEntry("retention.ms", "-1")
        .containsEntry("retention.bytes", "-1")
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("compression.type", "producer")
        .containsEntry("max.message.bytes", "8388608");
  }
}
