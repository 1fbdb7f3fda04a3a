package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.TopicNames;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.ViewPoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reading says of a cluster that is not there; what it reads is tested with a broker. */
class TopicReaderTest {

  // No one listens on the first port.
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir Path folder;

  @Test
  void shouldSayInOneLineThatTheClusterDoesNotAnswer() throws IOException {
    ViewPoolSettings settings = settings(Map.of("default.api.timeout.ms", "100"));
    try (PoolStore store = PoolStores.open(folder, 1)) {
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> TopicReader.connect(settings, store))
          .withMessageContaining("Cannot begin to read the topics from " + NOBODY);
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> StreamReader.connect(settings, store, Optional.empty()))
          .withMessageContaining("Cannot begin to read the topics from " + NOBODY);
    }
  }

  @Test
  void shouldSayWhichClientSettingCannotBe() throws IOException {
    ViewPoolSettings settings = settings(Map.of("fetch.min.bytes", "many"));
    try (PoolStore store = PoolStores.open(folder, 1)) {
      assertThatExceptionOfType(CommandException.class)
          .isThrownBy(() -> TopicReader.connect(settings, store))
          .withMessageContaining("fetch.min.bytes")
          .withMessageNotContaining("many");
    }
  }

  private ViewPoolSettings settings(Map<String, String> properties) {
    return ViewPoolSettings.of(
        new ConnectionSettings(NOBODY, "http://" + NOBODY, new TopicNames(""), properties), folder);
  }
}
