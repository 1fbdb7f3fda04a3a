package io.viewstream.augment;

import io.viewstream.augment.internal.CommittedRecords;
import io.viewstream.kafka.CommittedTopic;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.Stage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/**
 * Counts what readers of committed records see of the generation stage, and checks it against the
 * stage's promise: each source record has, per run, all K views or one dead letter, once.
 *
 * <p>The stage settles the records of a partition in their order, so a record that lies between two
 * settled ones and has neither views nor a dead letter was passed over; those behind the last
 * settled one may be still to come.
 *
 * <p>Memory: a bit for each view and source record.
 */
public final class SyntheticViewAudit {
  private static final Duration POLL = Duration.ofMillis(100);

  private final ConnectionSettings connection;

  /**
   * What one run, or all runs together, came to.
   *
   * @param views distinct views: different (source record, run, view index)
   * @param duplicates views that repeat one of these
   * @param deadLetters distinct source records given up, per run
   * @param repeatedDeadLetters dead letters that repeat one of these
   * @param recordsWithViews source records with at least one view, per run
   * @param incompleteRecords those of them that lack a view
   * @param contradictoryRecords those of them that have a dead letter too
   * @param passedOverRecords source records with neither, between settled ones of their partition
   */
  public record Findings(
      long views,
      long duplicates,
      long deadLetters,
      long repeatedDeadLetters,
      long recordsWithViews,
      long incompleteRecords,
      long contradictoryRecords,
      long passedOverRecords) {

    static final Findings NONE = new Findings(0, 0, 0, 0, 0, 0, 0, 0);

    /** Whether the promise was kept; dead letters are part of it. */
    public boolean sound() {
      return duplicates == 0
          && repeatedDeadLetters == 0
          && incompleteRecords == 0
          && contradictoryRecords == 0
          && passedOverRecords == 0;
    }

    Findings plus(Findings other) {
      return new Findings(
          views + other.views,
          duplicates + other.duplicates,
          deadLetters + other.deadLetters,
          repeatedDeadLetters + other.repeatedDeadLetters,
          recordsWithViews + other.recordsWithViews,
          incompleteRecords + other.incompleteRecords,
          contradictoryRecords + other.contradictoryRecords,
          passedOverRecords + other.passedOverRecords);
    }

    /** The findings under the keys of the command line's reports. */
    public JsonReport report() {
      return new JsonReport()
          .put("syntheticViews", views)
          .put("duplicates", duplicates)
          .put("deadLetters", deadLetters)
          .put("repeatedDeadLetters", repeatedDeadLetters)
          .put("recordsWithViews", recordsWithViews)
          .put("incompleteRecords", incompleteRecords)
          .put("contradictoryRecords", contradictoryRecords)
          .put("passedOverRecords", passedOverRecords);
    }
  }

  /** Audits the topics of a data plane. */
  public SyntheticViewAudit(ConnectionSettings connection) {
    this.connection = connection;
  }

  /**
   * Audits all runs together, when no transaction is open any more.
   *
   * @param patience how long to wait for that
   * @throws CommandException when transactions were still open after that, or the topics cannot be
   *     read
   */
  public Findings all(Duration patience) {
    return byRun(patience).values().stream().reduce(Findings.NONE, Findings::plus);
  }

  /** As {@link #all}, by name of the run. */
  public Map<String, Findings> byRun(Duration patience) {
    String views = connection.topics().syntheticViews();
    String deadLetters = connection.topics().deadLetters();
    awaitSettled(List.of(views, deadLetters), patience);

    Map<String, Integer> viewsPerImage = new HashMap<>();
    for (GenerationRun run : new GenerationRuns(connection).list()) {
      viewsPerImage.put(run.getRun(), run.getViewsPerImage());
    }
    SchemaRegistry registry = connection.schemaRegistry();
    Map<Place, Seen> places = new HashMap<>();
    RecordDeserializer<SyntheticView> viewReader =
        new RecordDeserializer<>(registry, SyntheticView.getClassSchema());
    new CommittedTopic(connection, views)
        .forEach(
            record -> {
              SyntheticView view = viewReader.deserialize(views, record.value());
              if (view != null) {
                Place place = Place.of(view.getRun(), view.getSource());
                places
                    .computeIfAbsent(place, ignored -> new Seen())
                    .view(view.getSource().getOffset(), view.getViewIndex());
              }
            });
    RecordDeserializer<DeadLetter> letterReader =
        new RecordDeserializer<>(registry, DeadLetter.getClassSchema());
    new CommittedTopic(connection, deadLetters)
        .forEach(
            record -> {
              DeadLetter letter = letterReader.deserialize(deadLetters, record.value());
              if (letter != null
                  && letter.getStage() == Stage.GENERATION
                  && letter.getRun() != null
                  && letter.getOrigin() != null) {
                places
                    .computeIfAbsent(
                        Place.of(letter.getRun(), letter.getOrigin()), ignored -> new Seen())
                    .deadLetter(letter.getOrigin().getOffset());
              }
            });

    Sources sources = sources();
    Map<String, Findings> findings = new HashMap<>();
    places.forEach(
        (place, seen) ->
            findings.merge(
                place.run(),
                seen.findings(viewsPerImage.getOrDefault(place.run(), 0), sources.of(place)),
                Findings::plus));
    return findings;
  }

  private Sources sources() {
    String topicId;
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      topicId =
          topics
              .verify(List.of(Topic.SOURCE_IMAGES), true)
              .get(Topic.SOURCE_IMAGES)
              .id()
              .toString();
    }
    Map<Integer, BitSet> records = new HashMap<>();
    new CommittedTopic(connection, connection.topics().sourceImages())
        .forEach(
            record -> {
              if (record.value() != null) {
                records
                    .computeIfAbsent(record.partition(), ignored -> new BitSet())
                    .set(Math.toIntExact(record.offset()));
              }
            });
    return new Sources(topicId, records);
  }

  private void awaitSettled(List<String> topics, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!settled(topics)) {
      if (System.nanoTime() > deadline) {
        throw CommandException.failed(
            "Transactions were open on "
                + String.join(", ", topics)
                + " for more than "
                + patience.toSeconds()
                + " s, so the views cannot be counted; stop `augment` first, or wait for the"
                + " transaction timeout of an instance that was killed");
      }
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.interrupted("Interrupted while waiting for open transactions");
      }
    }
  }

  private boolean settled(List<String> topics) {
    try {
      return CommittedRecords.settled(connection, topics);
    } catch (KafkaException e) {
      throw CommandException.failed("Cannot read the topics: " + Reason.of(e), e);
    }
  }

  /** The offsets of the source topic that hold an image, by partition. */
  private record Sources(String topicId, Map<Integer, BitSet> records) {

    /** Of a place; none if its topic was deleted, whatever has its name today. */
    BitSet of(Place place) {
      return place.topicId().equals(topicId)
          ? records.getOrDefault(place.partition(), new BitSet())
          : new BitSet();
    }
  }

  /** A partition of the source topic, in one run. */
  private record Place(String run, String topicId, int partition) {
    static Place of(String run, SourceRecord source) {
      return new Place(run, source.getTopicId(), source.getPartition());
    }
  }

  /** What was seen of a {@link Place}: offsets by view index, and offsets with a dead letter. */
  private static final class Seen {
    private final List<BitSet> views = new ArrayList<>();
    private final BitSet deadLetters = new BitSet();
    private long duplicates;
    private long repeatedDeadLetters;

    void view(long offset, int viewIndex) {
      while (views.size() <= viewIndex) {
        views.add(new BitSet());
      }
      BitSet offsets = views.get(viewIndex);
      int index = Math.toIntExact(offset);
      if (offsets.get(index)) {
        duplicates++;
      }
      offsets.set(index);
    }

    void deadLetter(long offset) {
      int index = Math.toIntExact(offset);
      if (deadLetters.get(index)) {
        repeatedDeadLetters++;
      }
      deadLetters.set(index);
    }

    Findings findings(int viewsPerImage, BitSet sources) {
      BitSet any = new BitSet();
      views.forEach(any::or);
      BitSet complete = (BitSet) any.clone();
      for (int i = 0; i < viewsPerImage; i++) {
        complete.and(i < views.size() ? views.get(i) : new BitSet());
      }
      BitSet contradictory = (BitSet) any.clone();
      contradictory.and(deadLetters);
      BitSet settled = (BitSet) any.clone();
      settled.or(deadLetters);
      BitSet passedOver = new BitSet();
      passedOver.set(settled.nextSetBit(0), settled.length());
      passedOver.and(sources);
      passedOver.andNot(settled);
      return new Findings(
          views.stream().mapToLong(BitSet::cardinality).sum(),
          duplicates,
          deadLetters.cardinality(),
          repeatedDeadLetters,
          any.cardinality(),
          any.cardinality() - complete.cardinality(),
          contradictory.cardinality(),
          passedOver.cardinality());
    }
  }
}
