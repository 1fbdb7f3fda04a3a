package io.viewstream.generators.internal;

import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One caller's requests on their way through the batches. Not thread-safe: the lock of whoever owns
 * the {@link BatchQueue} guards it.
 */
public final class PendingCall {

  private final List<GenerationRequest> requests;
  private final @Nullable GenerationOutcome[] outcomes;
  // Grows and falls to a result: outcomes still missing, and the failure that ends the call early.
  private int missing;
  private @Nullable RuntimeException failure;
  private boolean left;
  private long arrivedNanos;

  /** A call that waits for all its outcomes. */
  public PendingCall(List<GenerationRequest> requests) {
    this.requests = List.copyOf(requests);
    this.outcomes = new GenerationOutcome[requests.size()];
    this.missing = requests.size();
  }

  /** The number of its images. */
  public int size() {
    return outcomes.length;
  }

  /** True while its caller waits for an outcome. */
  public boolean isOpen() {
    return !left && failure == null && missing > 0;
  }

  /** Nobody waits for it any more; what still comes is dropped. */
  public void leave() {
    left = true;
  }

  /** Ends it, unless it has ended. */
  public void fail(RuntimeException failure) {
    if (isOpen()) {
      this.failure = failure;
    }
  }

  /**
   * Its outcomes in the order of its requests.
   *
   * @throws RuntimeException the failure that ended it
   */
  public List<GenerationOutcome> outcomes() {
    if (failure != null) {
      throw failure;
    }
    if (missing > 0) {
      throw new IllegalStateException(missing + " of " + size() + " outcomes are missing");
    }
    return List.of(Arrays.copyOf(outcomes, outcomes.length, GenerationOutcome[].class));
  }

  void arrive(long nanos) {
    arrivedNanos = nanos;
  }

  long arrivedNanos() {
    return arrivedNanos;
  }

  /** One image of a call. */
  public record Image(PendingCall call, int index) {

    /** What to make. */
    public GenerationRequest request() {
      return call.requests.get(index);
    }

    /** Hands its outcome to its call; false when nobody waits for it any more. */
    public boolean resolve(GenerationOutcome outcome) {
      if (!call.isOpen()) {
        return false;
      }
      if (call.outcomes[index] != null) {
        throw new IllegalStateException("Image " + index + " has its outcome already");
      }
      call.outcomes[index] = outcome;
      call.missing--;
      return true;
    }
  }
}
