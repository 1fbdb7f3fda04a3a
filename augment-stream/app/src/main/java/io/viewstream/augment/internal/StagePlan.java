package io.viewstream.augment.internal;

import io.viewstream.augment.GenerationSettings;
import io.viewstream.augment.ViewEncoding;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.TopicAdministrator.TopicState;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.Topic;
import java.util.List;
import java.util.Map;

/**
 * What a stage is going to do: everything that can be checked before anything is started.
 *
 * @param run what is generated
 * @param streams settings of Kafka Streams
 * @param sourceTopicId Kafka's id of the source topic
 * @param maxViewMessageBytes {@code max.message.bytes} of synthetic-views
 */
public record StagePlan(
    RunIdentity run, StreamsSettings streams, String sourceTopicId, int maxViewMessageBytes) {

  /**
   * The topics of a data plane, if they are fit.
   *
   * @throws CommandException when one is missing or not fit
   */
  public static Map<Topic, TopicState> verifiedTopics(GenerationSettings settings) {
    try (TopicAdministrator administrator = new TopicAdministrator(settings.connection())) {
      Map<Topic, TopicState> topics =
          administrator.verify(List.of(Topic.values()), settings.allowRetention());
      TopicState source = state(topics, Topic.SOURCE_IMAGES);
      for (Topic target : List.of(Topic.SYNTHETIC_VIEWS, Topic.DEAD_LETTERS)) {
        requirePartitions(state(topics, target), source);
      }
      return topics;
    }
  }

  private static void requirePartitions(TopicState target, TopicState source) {
    if (target.partitions() < source.partitions()) {
      throw CommandException.failed(
          "Topic "
              + target.name()
              + " has "
              + target.partitions()
              + " partitions, fewer than the "
              + source.partitions()
              + " of "
              + source.name()
              + ", whose partition numbers views keep; add partitions to it");
    }
  }

  private static TopicState state(Map<Topic, TopicState> topics, Topic topic) {
    TopicState state = topics.get(topic);
    if (state == null) {
      throw new IllegalStateException("Topic " + topic + " was verified, but has no state");
    }
    return state;
  }

  /**
   * The plan for a generator.
   *
   * @throws CommandException when the settings do not fit it or the topics
   */
  public static StagePlan of(
      GenerationSettings settings, Map<Topic, TopicState> topics, GeneratorDescription generator) {
    ViewEncoding encoding =
        settings.viewEncoding().orElseGet(() -> ViewEncoding.defaultFor(generator.outputSize()));
    RunIdentity run =
        RunIdentity.of(settings.run(), generator, settings.views(), settings.seed(), encoding);
    TopicState source = state(topics, Topic.SOURCE_IMAGES);
    StreamsSettings streams =
        new StreamsSettings(
            run.applicationId(settings.connection().topics().prefix()),
            settings.threads(),
            source.partitions(),
            generator.callDeadline(),
            Math.ceilDiv(settings.views(), generator.bestBatchSize()),
            settings.allowLongTransactions());
    String maxMessageBytes =
        state(topics, Topic.SYNTHETIC_VIEWS)
            .configuration()
            .getOrDefault("max.message.bytes", Integer.toString(Topic.MAX_MESSAGE_BYTES));
    return new StagePlan(run, streams, source.id().toString(), Integer.parseInt(maxMessageBytes));
  }
}
