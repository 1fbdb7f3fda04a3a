package io.viewstream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.source.SourceOptions;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class IngestSettingsTest {
  @Test
  void shouldTakeEverythingAsItIsByDefault() {
    assertThat(IngestSettings.of("photos"))
        .isEqualTo(
            new IngestSettings(
                "photos", Optional.empty(), SourceOptions.DEFAULT, OptionalInt.empty(), false));
    assertThat(SourceOptions.DEFAULT.maxImageBytes()).isEqualTo(4 * 1024 * 1024);
  }

  @Test
  void shouldRefuseLimitsThatTheTopicCannotHold() {
    assertThatThrownBy(
            () ->
                IngestSettings.of("photos")
                    .withSource(SourceOptions.DEFAULT.withMaxImageBytes(8 * 1024 * 1024)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--max-image-bytes is 8388608; the topic's records hold at most 8257536");
  }

  @Test
  void shouldRefuseNamesThatMakeIdsAmbiguous() {
    for (String name : new String[] {"", " ", "a/b", "a\nb"}) {
      assertThatThrownBy(() -> IngestSettings.of("photos").withDataset(name))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
