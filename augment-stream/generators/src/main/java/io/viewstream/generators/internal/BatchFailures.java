package io.viewstream.generators.internal;

import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.GenerationAbandonedException;
import io.viewstream.generators.GeneratorDescription;
import java.time.Duration;

/**
 * What callers of one generator are told when they do not get their views.
 *
 * @param generator that they called
 */
record BatchFailures(GeneratorDescription generator) {

  GenerationAbandonedException interrupted(int views, InterruptedException cause) {
    return new GenerationAbandonedException(
        "Interrupted while generator %s made %d views".formatted(generator.id(), views), cause);
  }

  GenerationAbandonedException closedAtEntrance(int views) {
    return new GenerationAbandonedException(
        "Generator %s was closed before %d views had their turn".formatted(generator.id(), views));
  }

  GenerationAbandonedException notDrained(Duration drainDeadline) {
    return new GenerationAbandonedException(
        "Generator %s was closed and its queue did not empty within %d ms"
            .formatted(generator.id(), drainDeadline.toMillis()));
  }

  DeviceFailedException hung() {
    return new DeviceFailedException(
        "Generator %s %s did not return from a call within its deadline of %d ms"
            .formatted(generator.id(), generator.version(), generator.callDeadline().toMillis()));
  }

  DeviceFailedException notClosed() {
    return new DeviceFailedException(
        "Generator %s %s could not be closed: its engine does not return"
            .formatted(generator.id(), generator.version()));
  }

  IllegalStateException closed() {
    return new IllegalStateException("Generator " + generator.id() + " is closed");
  }
}
