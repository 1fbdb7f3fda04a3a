package io.viewstream.kafka.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos;

  private Progress start(boolean terminal, OptionalLong total) {
    return Progress.start(
        new Progress.Output(
            new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, () -> nanos),
        "ingest",
        total,
        "images");
  }

  private void pass(long milliseconds) {
    nanos += TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldPrintALineEveryFewSecondsElsewhere() {
    try (Progress progress = start(false, OptionalLong.of(200))) {
      progress.advance(10);
      assertThat(printed()).isEmpty();
      pass(5000);
      progress.advance(40);
      assertThat(printed())
          .isEqualToIgnoringNewLines("ingest 50/200 images (25 %), 10.0/s, 15.0 s left\n");
      pass(1000);
      progress.advance(150);
    }
    assertThat(printed().lines().skip(1))
        .containsExactly("ingest 200/200 images (100 %), 33.3/s, 6.0 s");
  }

  @Test
  void shouldPaintABarOverItselfOnATerminal() {
    Progress progress = start(true, OptionalLong.of(100));
    pass(1000);
    progress.update(50, "loss 5.1");
    assertThat(printed())
        .isEqualTo(
            "\ringest [############------------] 50/100 images (50 %), 50.0/s, 1.0 s left, loss 5.1");
    pass(100);
    progress.update(60, "loss 5.0");
    assertThat(printed()).as("not painted again within 0.2 s").doesNotContain("60/100");
    progress.close();
    assertThat(printed()).contains("60/100").endsWith(System.lineSeparator());
  }

  @Test
  void shouldBlankOutWhatALongerLineLeft() {
    Progress progress = start(true, OptionalLong.empty());
    pass(1000);
    progress.update(1, "a long remark");
    int before = printed().length();
    pass(1000);
    progress.update(2, "");
    assertThat(printed().substring(before)).isEqualTo("\ringest 2 images, 1.0/s               ");
  }

  @Test
  void shouldSayMinutesWhereThereAreSome() {
    Progress progress = start(false, OptionalLong.of(1000));
    pass(10_000);
    progress.advance(10);
    assertThat(printed()).contains("16:30 min left");
  }

  @Test
  void shouldPrintItsEndOnce() {
    Progress progress = start(false, OptionalLong.empty());
    progress.close();
    progress.close();
    assertThat(printed().lines()).hasSize(1);
  }
}
