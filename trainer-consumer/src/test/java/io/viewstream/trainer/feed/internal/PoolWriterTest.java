package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.TopicNames;
import io.viewstream.trainer.feed.FeedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolWriterTest {

  private static final TopicPartition SOURCES = new TopicPartition("source-images", 0);
  private static final TopicPartition UNKNOWN = new TopicPartition("unknown", 0);
  // No one listens on the first port; withdrawals need no registry.
  private static final ConnectionSettings NOBODY =
      new ConnectionSettings("127.0.0.1:1", "http://127.0.0.1:1", new TopicNames(""), Map.of());

  @TempDir private Path folder;
  private PoolStore store;
  private PoolWriter writer;

  @BeforeEach
  void open() {
    store = PoolStores.open(folder, 1);
    writer =
        new PoolWriter(store, new RecordTranslator(NOBODY), new TopicNames(""), Long.MAX_VALUE);
  }

  @AfterEach
  void close() {
    writer.close();
    store.close();
  }

  /** Hands over the withdrawal at one offset, and that another partition is read as well. */
  private void hand(long offset, @Nullable TopicPartition also) {
    ByteBuffer key = StandardCharsets.UTF_8.encode("image " + offset);
    ConsumerRecord<ByteBuffer, ByteBuffer> record =
        new ConsumerRecord<>(SOURCES.topic(), SOURCES.partition(), offset, key, null);
    writer.hand(
        new ConsumerRecords<>(Map.of(SOURCES, List.of(record)), Map.of()),
        also == null ? Map.of(SOURCES, offset + 1) : Map.of(SOURCES, offset + 1, also, 7L));
  }

  private long position() {
    return store.log(Topic.SOURCE_IMAGES).position(0);
  }

  @Test
  void shouldStoreWhatIsHandedOverInOrder() {
    for (long offset = 0; offset < 100; offset++) {
      hand(offset, null);
    }
    writer.drain();
    assertThat(position()).isEqualTo(100);
  }

  @Test
  void shouldStoreNothingBehindWhatCouldNotBeStored() {
    hand(0, null);
    writer.drain();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              hand(1, UNKNOWN);
              // It may still wait, or be told already.
              hand(2, null);
              writer.drain();
            })
        .withMessageContaining("unknown");
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(
            () -> {
              hand(3, null);
              writer.drain();
            })
        .withMessageContaining("begin the command again");
    assertThat(position()).isEqualTo(1);
  }
}
