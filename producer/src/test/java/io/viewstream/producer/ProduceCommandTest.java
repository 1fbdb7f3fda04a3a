package io.viewstream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.kafka.command.CommandException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ProduceCommandTest {
  private static ProduceCommand parse(String... arguments) {
    ProduceCommand command = new ProduceCommand();
    new CommandLine(command).parseArgs(arguments);
    return command;
  }

  @Test
  void shouldHaveTheDefaultsOfTheSettings() {
    assertThat(parse("--images", "photos").settings()).isEqualTo(IngestSettings.of("photos"));
  }

  @Test
  void shouldFillEverySetting() {
    assertThat(
            parse(
                    "--images=shapes",
                    "--dataset=mine",
                    "--split=test",
                    "--limit=7",
                    "--max-side=24",
                    "--max-image-bytes=1000",
                    "--seed=5",
                    "--shape-side=48",
                    "--allow-retention")
                .settings())
        .isEqualTo(
            new IngestSettings(
                "shapes",
                Optional.of("mine"),
                new SourceOptions(
                    Split.TEST, OptionalLong.of(7), 1000, new SourceOptions.Shapes(48, 5)),
                OptionalInt.of(24),
                true));
  }

  @Test
  void shouldCallValuesOutOfRangeWrongUsage() {
    for (String option :
        new String[] {"--limit=0", "--max-side=0", "--max-image-bytes=9000000", "--shape-side=9"}) {
      assertThatThrownBy(() -> parse("--images=shapes", option).settings())
          .isInstanceOfSatisfying(
              CommandException.class,
              e -> assertThat(e.exitCode()).isEqualTo(CommandException.USAGE));
    }
    assertThatThrownBy(() -> parse("--images=shapes", "--split=both"))
        .hasMessageContaining("'both' is not all, train or test");
  }

  @Test
  void shouldTakeEitherImagesOrIdsToWithdraw() {
    assertThatThrownBy(() -> parse().call())
        .isInstanceOf(CommandException.class)
        .hasMessage("Either --images or --withdraw must be given");
    assertThatThrownBy(() -> parse("--images", "photos", "--withdraw", "photos/a.jpg").call())
        .isInstanceOf(CommandException.class)
        .hasMessage("--images and --withdraw are both given; only one can be");
  }
}
