package io.viewstream.generators;

import io.viewstream.generators.internal.BatchExchange;
import io.viewstream.generators.internal.PendingCall;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets many threads share one generator: it joins their calls into batches of the size that the
 * generator likes best. Any number of threads may call it; each waits for its own outcomes and gets
 * no other's.
 *
 * <p><b>When a batch closes.</b> When it is full, when its oldest image has waited for the linger,
 * or when all the threads that could join are waiting already. While the engine works the next
 * batch gathers, so under load batches are full without any lingering. Images are taken in the
 * order of their coming, and a call may be spread over several batches. The queue is bounded: a
 * caller that finds it full waits at the entrance, in order.
 *
 * <p><b>Who does what.</b> One dispatcher thread alone touches the wrapped generator, as engines
 * want it. It is a platform thread, because a native call would pin a virtual thread's carrier.
 * Callers wait, and watch the engine's deadline while they do.
 *
 * <p><b>Failures.</b>
 *
 * <ul>
 *   <li>A call that throws is repeated once for each of its images alone. An image that fails again
 *       fails its caller with {@link GenerationFailedException}; the other callers of the batch get
 *       their views.
 *   <li>{@link DeviceFailedException} and every {@link Error} fail all callers, present and future,
 *       and end the dispatcher.
 *   <li>A native call cannot be cancelled. When one exceeds {@link
 *       GeneratorDescription#callDeadline()} all callers fail as above and the deadline action
 *       runs; a service halts its process in it.
 *   <li>An interrupted caller takes its images out of the queue and leaves; what the engine still
 *       makes for it is dropped.
 * </ul>
 */
public final class BatchingGenerator implements Generator {

  private static final Logger LOGGER = LoggerFactory.getLogger(BatchingGenerator.class);

  private final Generator generator;
  private final GeneratorDescription description;
  private final BatchExchange exchange;

  private BatchingGenerator(Generator generator, BatchExchange exchange) {
    this.generator = generator;
    this.description = generator.description();
    this.exchange = exchange;
  }

  /**
   * Starts the dispatcher.
   *
   * @param generator owned from now on; only the dispatcher calls and closes it
   * @param settings how calls join
   * @param clock for linger and deadlines
   * @param deadlineAction runs once, on the thread of a caller, when an engine call exceeds its
   *     deadline
   */
  public static BatchingGenerator start(
      Generator generator,
      BatchingSettings settings,
      WaitingClock clock,
      Consumer<DeviceFailedException> deadlineAction) {
    GeneratorDescription description = generator.description();
    if (settings.queueCapacity() < description.bestBatchSize()) {
      throw new IllegalArgumentException(
          "Queue capacity %d is below the best batch size %d of generator %s; raise it to that"
              .formatted(settings.queueCapacity(), description.bestBatchSize(), description.id()));
    }
    BatchingGenerator batching =
        new BatchingGenerator(
            generator, new BatchExchange(description, settings, clock, deadlineAction));
    // A daemon, so that an engine that hangs does not keep the process from ending.
    Thread.ofPlatform().name("generator-" + description.id()).daemon().start(batching::dispatch);
    return batching;
  }

  @Override
  public GeneratorDescription description() {
    return description;
  }

  /** What was done so far. */
  public BatchingStatistics statistics() {
    return exchange.statistics();
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    return exchange.submit(requests);
  }

  /**
   * Takes no further calls and lets queued ones finish until the drain deadline. Those still open
   * then are abandoned, and the engine may use the rest of its call's deadline. An interrupt
   * abandons them at once. The dispatcher closes the wrapped generator at its end.
   *
   * @throws DeviceFailedException the engine did not come back
   */
  @Override
  public void close() {
    exchange.close();
  }

  private void dispatch() {
    LOGGER.info("Generator {} {} is started", description.id(), description.version());
    try (generator) {
      generateUntilClosed();
    } catch (RuntimeException e) {
      LOGGER.warn("Generator {} was not closed cleanly", description.id(), e);
    } finally {
      exchange.dispatcherEnded();
    }
    LOGGER.info("Generator {} {} is closed", description.id(), description.version());
  }

  private void generateUntilClosed() {
    try {
      List<PendingCall.Image> batch = exchange.awaitBatch();
      while (!batch.isEmpty()) {
        generateTogether(batch);
        batch = exchange.awaitBatch();
      }
    } catch (DeviceFailedException e) {
      exchange.failDevice(e);
    } catch (InterruptedException | RuntimeException | Error e) {
      // Whatever broke, callers must hear of it: they would wait for ever.
      exchange.failDevice(
          new DeviceFailedException("Generator " + description.id() + " broke: " + e, e));
    }
  }

  private void generateTogether(List<PendingCall.Image> batch) {
    try {
      callEngine(batch);
    } catch (DeviceFailedException e) {
      throw e;
    } catch (RuntimeException e) {
      LOGGER.debug("A call of {} images failed; each is tried once alone", batch.size(), e);
      for (PendingCall.Image image : batch) {
        generateAlone(image);
      }
    }
  }

  private void generateAlone(PendingCall.Image image) {
    if (!exchange.isWanted(image)) {
      return;
    }
    try {
      callEngine(List.of(image));
    } catch (DeviceFailedException e) {
      throw e;
    } catch (RuntimeException e) {
      exchange.fail(
          image,
          new GenerationFailedException(
              "Generator %s %s failed for image %d of a call, with others and alone: %s"
                  .formatted(
                      description.id(), description.version(), image.index(), e.getMessage()),
              e));
    }
  }

  private void callEngine(List<PendingCall.Image> images) {
    List<GenerationOutcome> outcomes = List.of();
    exchange.beginEngineCall();
    try {
      List<GenerationOutcome> made =
          generator.generate(images.stream().map(PendingCall.Image::request).toList());
      if (made.size() != images.size()) {
        throw new GenerationFailedException(
            "%d outcomes for %d requests".formatted(made.size(), images.size()));
      }
      outcomes = made;
    } finally {
      exchange.endEngineCall(images, outcomes);
    }
  }
}
