package io.viewstream.local.inspect;

import io.viewstream.augment.SyntheticViewAudit;
import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.kafka.CommittedTopic;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.serde.MalformedRecordException;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topics of a data plane as any reader of committed records does, counts, and takes some
 * images beside their views.
 *
 * <p>It reads all of the topics. In memory are the ids of all images, one bit for each view, and
 * the chosen images with their views.
 */
public final class TopicInspection {

  private final ConnectionSettings connection;
  private final SchemaRegistry registry;

  /** Inspects the topics of this connection; holds none between calls. */
  public TopicInspection(ConnectionSettings connection) {
    this.connection = connection;
    this.registry = connection.schemaRegistry();
  }

  /**
   * Reads everything.
   *
   * @param rows how many images to take as samples
   * @param runNames the runs whose views count; all when empty
   * @param patience how long to wait for open transactions to end
   * @throws CommandException when a run is unknown, a topic cannot be read, or a transaction stays
   *     open
   */
  public InspectionResult inspect(int rows, Collection<String> runNames, Duration patience) {
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      topics.verifyAll(true);
    }
    GenerationRuns runs = new GenerationRuns(connection);
    List<GenerationRun> chosen = runNames.isEmpty() ? runs.list() : runs.choose(runNames);
    Set<String> names = chosen.stream().map(GenerationRun::getRun).collect(Collectors.toSet());
    Map<String, Findings> findings =
        new TreeMap<>(new SyntheticViewAudit(connection).byRun(patience));
    findings.keySet().retainAll(names);

    SourceScan sources = new SourceScan(rows);
    String sourceImages = connection.topics().sourceImages();
    new CommittedTopic(connection, sourceImages).forEach(sources::take);
    return new InspectionResult(
        sources.imageIds.size(),
        sources.records,
        deadLetters(),
        findings,
        withViews(sources.candidates.chosen(), names));
  }

  /** What goes by in source-images. */
  private final class SourceScan {
    private final RecordDeserializer<SourceImage> deserializer =
        new RecordDeserializer<>(registry, SourceImage.getClassSchema());
    private final Set<String> imageIds = new HashSet<>();
    private final SampleCandidates candidates;
    private long records;

    SourceScan(int rows) {
      this.candidates = new SampleCandidates(rows);
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
      if (record.value() == null) {
        if (record.key() != null) {
          String imageId = new String(record.key(), StandardCharsets.UTF_8);
          imageIds.remove(imageId);
          candidates.withdraw(imageId);
        }
        return;
      }
      records++;
      SourceImage image = read(deserializer, record);
      if (image != null) {
        imageIds.add(image.getImageId());
        candidates.offer(image);
      }
    }
  }

  /** The record's value; null when it is none that this build can read, as services see it too. */
  private static <T extends SpecificRecordBase> @Nullable T read(
      RecordDeserializer<T> deserializer, ConsumerRecord<byte[], byte[]> record) {
    try {
      return deserializer.deserialize(record.topic(), record.value());
    } catch (MalformedRecordException e) {
      return null;
    }
  }

  private Map<String, Long> deadLetters() {
    RecordDeserializer<DeadLetter> deserializer =
        new RecordDeserializer<>(registry, DeadLetter.getClassSchema());
    Map<String, Long> counts = new TreeMap<>();
    new CommittedTopic(connection, connection.topics().deadLetters())
        .forEach(
            record -> {
              DeadLetter letter = read(deserializer, record);
              counts.merge(letter == null ? "unreadable" : kind(letter), 1L, Long::sum);
            });
    return counts;
  }

  private static String kind(DeadLetter letter) {
    return letter.getStage().name().toLowerCase(Locale.ROOT)
        + "/"
        + letter.getCategory().name().toLowerCase(Locale.ROOT);
  }

  private List<ImageSample> withViews(List<SourceImage> images, Set<String> runs) {
    Map<String, SourceImage> byId = new LinkedHashMap<>();
    images.forEach(image -> byId.put(image.getImageId(), image));
    Map<String, List<SyntheticView>> views = new LinkedHashMap<>();
    images.forEach(image -> views.put(image.getImageId(), new ArrayList<>()));
    if (!byId.isEmpty()) {
      RecordDeserializer<SyntheticView> deserializer =
          new RecordDeserializer<>(registry, SyntheticView.getClassSchema());
      new CommittedTopic(connection, connection.topics().syntheticViews())
          .forEach(
              record -> {
                // By the key first: the views of all other images need no decoding.
                SourceImage source =
                    record.key() == null
                        ? null
                        : byId.get(new String(record.key(), StandardCharsets.UTF_8));
                SyntheticView view = source == null ? null : read(deserializer, record);
                if (source != null
                    && view != null
                    && runs.contains(view.getRun())
                    && view.getSourceSha256().equals(source.getSha256())) {
                  views.get(source.getImageId()).add(view);
                }
              });
    }
    return images.stream()
        .map(image -> new ImageSample(image, views.get(image.getImageId())))
        .toList();
  }
}
