package io.viewstream.augment.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.augment.Eventually;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RunningStreamsIT {
  private static final int PARTITIONS = 2;

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(PARTITIONS);
  private final String topic = connection.topics().sourceImages();
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  /** Stands still on one partition; then fails on the other. */
  private final class Faulty extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    @Override
    public void process(Record<byte[], byte[]> record) {
      try {
        if (context().recordMetadata().orElseThrow().partition() == 0) {
          stuck.countDown();
          released.await();
        } else {
          stuck.await();
          throw new IllegalStateException("this thread failed");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private KafkaStreams streams() {
    Topology topology = new Topology();
    topology.addSource("source", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
    topology.addProcessor("faulty", Faulty::new, "source");
    StreamsSettings settings =
        new StreamsSettings(
            connection.topics().prefix() + "faulty",
            PARTITIONS,
            PARTITIONS,
            Duration.ofMillis(500),
            1,
            false);
    return new KafkaStreams(
        topology, new StreamsConfig(settings.properties(connection.kafkaProperties())));
  }

  @Test
  void shouldTellOfAFailedThreadWhileAnotherIsStuck() throws InterruptedException {
    KafkaStreams streams = streams();
    try (RunningStreams running = RunningStreams.start("faulty", streams, Duration.ofSeconds(30))) {
      try {
        // A thread that had both partitions when it got stuck would never give one away.
        Eventually.await(
            "a partition for each thread",
            () ->
                streams.metadataForLocalThreads().stream()
                    .allMatch(thread -> thread.activeTasks().size() == 1));
        sendOneToEachPartition();
        assertThatThrownBy(
                () -> {
                  while (true) {
                    running.requireRunning();
                    Thread.sleep(20);
                  }
                })
            .isInstanceOf(CommandException.class)
            .hasMessageEndingWith("IllegalStateException: this thread failed");
      } finally {
        released.countDown();
      }
    }
  }

  private void sendOneToEachPartition() {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.copyOf(connection.kafkaProperties()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        producer.send(new ProducerRecord<>(topic, partition, new byte[0], new byte[0]));
      }
    }
  }
}
