package io.viewstream.augment.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.augment.ViewEncoding;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.OutputSize;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.SourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunIdentityTest {
  private static final GeneratorDescription GENERATOR =
      new GeneratorDescription(
          "ic gan/32", "1.2", "", new OutputSize.AsSource(), 16, Duration.ofSeconds(5), "MIT");

  private static RunIdentity run(Optional<String> name) {
    return RunIdentity.of(name, GENERATOR, 4, -7, ViewEncoding.PNG);
  }

  @Test
  void shouldNameARunAfterItsSettings() {
    assertThat(run(Optional.empty()).name()).isEqualTo("ic_gan_32-1.2-k4-s-7-png");
  }

  @Test
  void shouldKeepAGivenName() {
    assertThat(run(Optional.of("mine")).name()).isEqualTo("mine");
  }

  @Test
  void shouldPutTheTopicPrefixIntoTheApplicationId() {
    assertThat(run(Optional.of("mine")).applicationId("")).isEqualTo("viewstream-augment-mine");
    assertThat(run(Optional.of("mine")).applicationId("blue."))
        .isEqualTo("blue.viewstream-augment-mine");
  }

  @Test
  void shouldDeclareAllSettings() {
    Instant now = Instant.ofEpochMilli(5);
    SourceRecord first = new SourceRecord("source-images", "id", 1, 9L);

    assertThat(run(Optional.of("mine")).declaration(now, List.of(first)))
        .hasToString(
            "{\"run\": \"mine\", \"generatorId\": \"ic gan/32\", \"generatorVersion\": \"1.2\","
                + " \"viewsPerImage\": 4, \"seed\": -7, \"viewEncoding\": \"png\", \"startedAt\":"
                + " \"1970-01-01T00:00:00.005Z\", \"beginsAt\": [{\"topic\": \"source-images\", \"topicId\":"
                + " \"id\", \"partition\": 1, \"offset\": 9}]}");
  }

  @Test
  void shouldRefuseWhatIsNoNameOrNumber() {
    assertThatThrownBy(() -> run(Optional.of("a b")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("Run name 'a b' is not legal");
    assertThatThrownBy(() -> RunIdentity.of(Optional.of("mine"), GENERATOR, 0, 1, ViewEncoding.PNG))
        .isInstanceOf(CommandException.class)
        .hasMessage("--views is 0, must be at least 1");
  }
}
