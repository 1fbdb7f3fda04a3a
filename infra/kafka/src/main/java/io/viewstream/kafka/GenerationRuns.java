package io.viewstream.kafka;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.RecordSerializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The runs of the generation stage that a data plane has seen, kept in the topic generation-runs.
 *
 * <p>The topic has one partition, so its order decides: the first record of a name says what the
 * run is. Two instances that start a run of one name with different settings at the same moment
 * both write, then both read, and the later one finds that it lost.
 */
public final class GenerationRuns {
  private final ConnectionSettings connection;
  private final String topic;
  private final RecordSerializer<GenerationRun> serializer;
  private final RecordDeserializer<GenerationRun> deserializer;

  /** The runs of one data plane; holds no connection between calls. */
  public GenerationRuns(ConnectionSettings connection) {
    this.connection = connection;
    this.topic = connection.topics().generationRuns();
    SchemaRegistry registry = connection.schemaRegistry();
    this.serializer = new RecordSerializer<>(registry, GenerationRun.getClassSchema());
    this.deserializer = new RecordDeserializer<>(registry, GenerationRun.getClassSchema());
  }

  /** All runs, oldest first. */
  public List<GenerationRun> list() {
    return List.copyOf(read().values());
  }

  /**
   * Makes a run known, if it is not yet.
   *
   * @return the run as it was first declared; differs from the given one in when and where it
   *     begins, at most
   * @throws CommandException when the name is taken by a run with other settings
   */
  public GenerationRun declare(GenerationRun wanted) {
    GenerationRun known = read().get(wanted.getRun());
    if (known == null) {
      write(wanted);
      known = read().getOrDefault(wanted.getRun(), wanted);
    }
    if (!describe(known).equals(describe(wanted))) {
      throw CommandException.failed(
          "Run '"
              + wanted.getRun()
              + "' exists with other settings ("
              + describe(known)
              + ") than these ("
              + describe(wanted)
              + "); choose another name with --run");
    }
    return known;
  }

  /** The settings of a run in one line. */
  public static String describe(GenerationRun run) {
    return "generator "
        + run.getGeneratorId()
        + " "
        + run.getGeneratorVersion()
        + ", "
        + run.getViewsPerImage()
        + " views, seed "
        + run.getSeed()
        + ", "
        + run.getViewEncoding();
  }

  /**
   * The runs with these names, or the only one that there is when no name is given.
   *
   * @throws CommandException when a name is unknown, or none is given and there are several
   */
  public List<GenerationRun> choose(Collection<String> names) {
    Map<String, GenerationRun> runs = read();
    if (names.isEmpty()) {
      if (runs.size() > 1) {
        throw CommandException.failed(
            "Topic "
                + topic
                + " names several runs: "
                + String.join(", ", runs.keySet())
                + " (a run is named from its start on, also when it has made no view); choose with"
                + " --views-from, or in an experiment's grid with views-from under set");
      }
      return List.copyOf(runs.values());
    }
    for (String name : names) {
      if (!runs.containsKey(name)) {
        throw CommandException.failed(
            "There is no run '"
                + name
                + "' in topic "
                + topic
                + (runs.isEmpty()
                    ? ", which is empty"
                    : "; it has " + String.join(", ", runs.keySet())));
      }
    }
    return names.stream().distinct().map(runs::get).toList();
  }

  private void write(GenerationRun run) {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put("acks", "all");
    try (Producer<byte[], byte[]> producer =
        connection.open(
            () ->
                new KafkaProducer<>(
                    properties, new ByteArraySerializer(), new ByteArraySerializer()))) {
      producer
          .send(
              new ProducerRecord<>(
                  topic,
                  0,
                  run.getRun().getBytes(StandardCharsets.UTF_8),
                  serializer.serialize(topic, run)))
          .get();
    } catch (ExecutionException | KafkaException e) {
      throw CommandException.failed("Cannot write to topic " + topic + ": " + Reason.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.interrupted("Interrupted while writing to topic " + topic);
    }
  }

  private Map<String, GenerationRun> read() {
    Map<String, GenerationRun> runs = new LinkedHashMap<>();
    new CommittedTopic(connection, topic)
        .forEach(
            record -> {
              GenerationRun run = deserializer.deserialize(topic, record.value());
              if (run != null) {
                runs.putIfAbsent(run.getRun(), run);
              }
            });
    return runs;
  }
}
