package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.TopicNames;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AugmentCommandTest {
  private static GenerationSettings settings(String... arguments) {
    AugmentCommand command = new AugmentCommand();
    new CommandLine(command).parseArgs(arguments);
    return command.settings();
  }

  @Test
  void shouldPinEveryDefault() {
    ConnectionSettings connection =
        new ConnectionSettings(
            "localhost:9092",
            ConnectionSettings.DEFAULT_REGISTRY_URL,
            new TopicNames(""),
            Map.of());

    assertThat(settings()).isEqualTo(GenerationSettings.defaults(connection));
    assertThat(settings())
        .isEqualTo(
            new GenerationSettings(
                connection,
                "photometric",
                Optional.empty(),
                4,
                Optional.empty(),
                0,
                16,
                Optional.empty(),
                true,
                false,
                false));
  }

  @Test
  void shouldTakeEveryOption() {
    assertThat(
            settings(
                "--bootstrap-server=kafka:1",
                "--schema-registry-url=http://registry:2",
                "--topic-prefix=p.",
                "--generator=folder",
                "--engine=OnnxRuntime",
                "--views=7",
                "--run=mine",
                "--seed=-9",
                "--threads=3",
                "--view-encoding=jpeg-95",
                "--no-from-beginning",
                "--allow-retention",
                "--allow-long-transactions",
                "--until-caught-up"))
        .isEqualTo(
            new GenerationSettings(
                new ConnectionSettings(
                    "kafka:1", "http://registry:2", new TopicNames("p."), Map.of()),
                "folder",
                Optional.of("OnnxRuntime"),
                7,
                Optional.of("mine"),
                -9,
                3,
                Optional.of(ViewEncoding.JPEG_95),
                false,
                true,
                true));
    assertThat(settings("--from-beginning").fromBeginning()).isTrue();
  }

  @Test
  void shouldNameAnOptionThatIsWrong() {
    assertThatThrownBy(() -> settings("--views=0"))
        .isInstanceOf(CommandException.class)
        .hasMessage("--views is 0, must be at least 1");
    assertThatThrownBy(() -> settings("--views=2000000000"))
        .isInstanceOf(CommandException.class)
        .hasMessage("--views is 2000000000, must be at most 1024");
    assertThatThrownBy(() -> settings("--threads=0"))
        .isInstanceOf(CommandException.class)
        .hasMessage("--threads is 0, must be at least 1");
    assertThatThrownBy(() -> settings("--run=a b"))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("Run name 'a b' is not legal: ");
    assertThatThrownBy(() -> settings("--view-encoding=webp"))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("--view-encoding: View encoding 'webp' is unknown");
  }

  @Test
  void shouldKnowTheGeneratorBeforeABrokerIsAsked() {
    // Nothing listens there, which would be the next error, half a minute later.
    GenerationSettings settings = settings("--generator=nosuch", "--bootstrap-server=localhost:1");

    assertThatThrownBy(() -> GenerationService.start(settings))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("Generator nosuch is neither a folder or .zip file");
  }
}
