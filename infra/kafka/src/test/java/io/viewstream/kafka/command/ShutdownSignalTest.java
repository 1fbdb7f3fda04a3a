package io.viewstream.kafka.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShutdownSignalTest {
  private final ShutdownSignal signal = new ShutdownSignal();

  @Test
  void shouldRunEachListenerOnceHoweverOftenTheEndIsAskedFor() throws InterruptedException {
    AtomicInteger early = new AtomicInteger();
    AtomicInteger late = new AtomicInteger();
    signal.onRequest(early::incrementAndGet);
    assertThat(signal.await(Duration.ZERO)).isFalse();

    signal.request();
    signal.request();
    signal.onRequest(late::incrementAndGet);

    assertThat(signal.await(Duration.ZERO)).isTrue();
    assertThat(signal.isRequested()).isTrue();
    assertThat(early).hasValue(1);
    assertThat(late).hasValue(1);
  }
}
