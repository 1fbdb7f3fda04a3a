package io.viewstream.generators;

import java.util.List;

/**
 * Makes synthetic views of source images.
 *
 * <p>A generator is pure in its requests: the same source and seed give the same view, whichever
 * other requests are in the batch. (For a learned model that holds on the same engine, device and
 * model file; elsewhere within the tolerance that its package states.)
 *
 * <p>Unless an implementation says otherwise, one thread at a time may call it. {@link #close()} is
 * idempotent.
 */
public interface Generator extends AutoCloseable {

  /** What this generator is and how it likes to be called; the same at every call. */
  GeneratorDescription description();

  /**
   * Makes one view per request.
   *
   * @param requests at least one; more than {@link GeneratorDescription#bestBatchSize()} are legal
   * @return as many outcomes as requests, in the same order
   * @throws GenerationFailedException this call failed; the generator can be called again
   * @throws DeviceFailedException the engine or its device failed; no further call can succeed
   * @throws GenerationAbandonedException the result is no longer wanted: the calling thread was
   *     interrupted or the generator is being closed
   * @throws IllegalStateException after {@link #close()}
   */
  List<GenerationOutcome> generate(List<GenerationRequest> requests);

  /** Releases the model and its memory. */
  @Override
  void close();
}
