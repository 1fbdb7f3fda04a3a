package io.viewstream.trainer.feed;

import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.TopicAdministrator.TopicState;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.internal.PoolStore.TopicIdentity;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a pool reads: which cluster, its topics, and the runs whose views count.
 *
 * @param clusterId Kafka's id of the cluster
 * @param topics as they are on the cluster
 * @param runs in the order in which they were named
 */
record DataPlane(String clusterId, Map<Topic, TopicIdentity> topics, List<GenerationRun> runs) {

  private static final Set<Topic> TOPICS =
      Set.of(Topic.SOURCE_IMAGES, Topic.SYNTHETIC_VIEWS, Topic.DEAD_LETTERS);

  /**
   * Checks the topics and chooses the runs.
   *
   * @throws io.viewstream.kafka.command.CommandException if a topic is missing or loses records, a
   *     run is unknown, or there are several and none is named
   */
  static DataPlane look(ViewPoolSettings settings) {
    Map<Topic, TopicIdentity> identities = new EnumMap<>(Topic.class);
    String clusterId;
    try (TopicAdministrator administrator = new TopicAdministrator(settings.connection())) {
      Map<Topic, TopicState> states = administrator.verify(TOPICS, settings.allowRetention());
      states.forEach(
          (topic, state) ->
              identities.put(
                  topic,
                  new TopicIdentity(state.name(), state.id().toString(), state.partitions())));
      clusterId = administrator.clusterId();
    }
    return new DataPlane(
        clusterId,
        identities,
        settings.realOnly() && settings.viewsFrom().isEmpty()
            ? List.of()
            : new GenerationRuns(settings.connection()).choose(settings.viewsFrom()));
  }

  /** The names of the runs. */
  List<String> runNames() {
    return runs.stream().map(GenerationRun::getRun).toList();
  }
}
