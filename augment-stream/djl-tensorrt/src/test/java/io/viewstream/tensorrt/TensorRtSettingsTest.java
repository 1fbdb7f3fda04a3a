package io.viewstream.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorRtSettingsTest {

  @Test
  void shouldTakeThePropertyBeforeTheVariable() {
    TensorRtSettings settings =
        TensorRtSettings.of(
            properties("library-dir", "/a"),
            Map.of(
                "VIEWSTREAM_TENSORRT_LIBRARY_DIR", "/b",
                "VIEWSTREAM_TENSORRT_BUILD_DEADLINE", "PT90S"));

    assertThat(settings.libraryDirectory()).contains(Path.of("/a"));
    assertThat(settings.buildDeadline()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void shouldKeepPlansInTheUsersCache() {
    assertThat(
            TensorRtSettings.of(new Properties(), Map.of("XDG_CACHE_HOME", "/cache")).planCache())
        .isEqualTo(Path.of("/cache/viewstream/tensorrt"));
  }

  @ParameterizedTest
  @CsvSource({
    "plan-cache-bytes, 0, a whole number above 0",
    "workspace-bytes, 4GiB, a whole number above 0",
    "max-batch, -1, a whole number above 0",
    "build-deadline, 30, a duration such as PT30M",
    "build-deadline, PT0S, a duration such as PT30M",
    "tf32, maybe, true or false"
  })
  void shouldNameTheSettingThatIsWrong(String name, String value, String expected) {
    assertThatThrownBy(() -> TensorRtSettings.of(properties(name, value), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("viewstream.tensorrt.%s is %s and must be %s".formatted(name, value, expected));
  }

  private static Properties properties(String name, String value) {
    Properties properties = new Properties();
    properties.setProperty(TensorRtSettings.PREFIX + name, value);
    return properties;
  }
}
