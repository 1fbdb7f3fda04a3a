package io.viewstream.augment.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.kafka.command.CommandException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private static StreamsSettings settings(int threads, int partitions) {
    return new StreamsSettings("group", threads, partitions, DEADLINE, 1, false);
  }

  @Test
  void shouldPinEveryDefault() {
    Map<String, Object> properties =
        settings(8, 16).properties(Map.of("bootstrap.servers", "localhost:1"));

    Map<String, Object> expected = new HashMap<>();
    expected.put("bootstrap.servers", "localhost:1");
    expected.put("application.id", "group");
    expected.put("processing.guarantee", "exactly_once_v2");
    expected.put("num.stream.threads", 8);
    expected.put("commit.interval.ms", 1000L);
    expected.put("buffered.records.per.partition", 1);
    expected.put("statestore.cache.max.bytes", 0);
    expected.put("group.protocol", "classic");
    expected.put("deserialization.exception.handler", LogAndFailExceptionHandler.class);
    expected.put("processing.exception.handler", LogAndFailProcessingExceptionHandler.class);
    expected.put("main.consumer.auto.offset.reset", "earliest");
    expected.put("main.consumer.max.poll.records", 1);
    expected.put("main.consumer.max.poll.interval.ms", 60_000);
    expected.put("main.consumer.session.timeout.ms", 10_000);
    expected.put("main.consumer.heartbeat.interval.ms", 1_000);
    expected.put("main.consumer.fetch.max.bytes", 1024 * 1024);
    expected.put("main.consumer.max.partition.fetch.bytes", 256 * 1024);
    expected.put("producer.transaction.timeout.ms", 20_000);
    expected.put("producer.max.request.size", 9 * 1024 * 1024);
    assertThat(properties).isEqualTo(expected);
  }

  @Test
  void shouldReachTheClientsThroughKafkasOwnRules() {
    Map<String, Object> user = new HashMap<>();
    user.put("bootstrap.servers", "localhost:1");
    user.put("max.poll.records", "500");
    user.put("consumer.max.poll.records", "501");
    user.put("main.consumer.max.poll.records", "502");
    user.put("transaction.timeout.ms", "1000");
    user.put("processing.guarantee", "at_least_once");
    user.put("errors.dead.letter.queue.topic.name", "elsewhere");
    user.put("security.protocol", "PLAINTEXT");
    user.put("linger.ms", "7");

    StreamsConfig config = new StreamsConfig(settings(8, 16).properties(user));

    Map<String, Object> consumer = config.getMainConsumerConfigs("group", "client", 0);
    assertThat(consumer)
        .containsEntry("max.poll.records", 1)
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("security.protocol", "PLAINTEXT");
    Map<String, Object> producer = config.getProducerConfigs("client");
    assertThat(producer)
        .containsEntry("transaction.timeout.ms", 20_000)
        .containsEntry("max.request.size", 9 * 1024 * 1024)
        .containsEntry("enable.idempotence", true)
        .containsEntry("linger.ms", "7");
    assertThat(config.getString("processing.guarantee")).isEqualTo("exactly_once_v2");
    assertThat(config.getString("errors.dead.letter.queue.topic.name")).isNull();
  }

  @Test
  void shouldKeepTransactionsAboveTenSecondsAndPollsAboveAMinute() {
    StreamsSettings quick = new StreamsSettings("group", 4, 4, Duration.ofMillis(10), 1, false);

    assertThat(quick.transactionTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(quick.maxPollInterval()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void shouldGrowWithTasksAndDeadline() {
    StreamsSettings settings = new StreamsSettings("group", 3, 16, DEADLINE, 1, false);

    assertThat(settings.tasksPerThread()).isEqualTo(6);
    assertThat(settings.transactionTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.maxPollInterval()).isEqualTo(Duration.ofSeconds(120));
  }

  @Test
  void shouldRefuseTransactionsOfMoreThanAMinuteUnlessAsked() {
    assertThatThrownBy(() -> settings(2, 16))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "Transactions could stay open for 80 s (16 partitions on 2 threads, call deadline 5.0"
                + " s), the limit is 60 s because readers wait that long after a crash; raise"
                + " --threads to 3 or pass --allow-long-transactions");

    assertThat(new StreamsSettings("group", 2, 16, DEADLINE, 1, true).transactionTimeout())
        .isEqualTo(Duration.ofSeconds(80));
  }

  @Test
  void shouldGrowWithTheCallsThatTheViewsOfAnImageTake() {
    StreamsSettings settings = new StreamsSettings("group", 16, 16, DEADLINE, 6, false);

    assertThat(settings.transactionTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.maxPollInterval()).isEqualTo(Duration.ofSeconds(120));
    assertThatThrownBy(() -> new StreamsSettings("group", 16, 16, DEADLINE, 7, false))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "Transactions could stay open for 70 s (16 partitions on 16 threads, call deadline 5.0"
                + " s, 7 calls for the views of an image), the limit is 60 s because readers wait"
                + " that long after a crash; lower --views or pass --allow-long-transactions");
  }

  @Test
  void shouldNotAdviseThreadsWhereNoneHelp() {
    assertThatThrownBy(() -> new StreamsSettings("group", 16, 16, Duration.ofSeconds(40), 1, false))
        .hasMessageEndingWith("after a crash; pass --allow-long-transactions");
  }

  @Test
  void shouldStartNoMoreThreadsThanPartitions() {
    assertThat(settings(8, 3).properties(Map.of())).containsEntry("num.stream.threads", 3);
  }

  @Test
  void shouldRejectNumbersBelowOne() {
    assertThatThrownBy(() -> settings(0, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings(3, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new StreamsSettings("group", 1, 1, DEADLINE, 0, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
