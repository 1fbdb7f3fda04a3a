package io.viewstream.augment;

/**
 * The calls of a generator.
 *
 * @param calls how many
 * @param requests views asked for in them
 * @param places what the calls had room for: the generator's best batch, for each of them
 * @param seconds inside the calls
 */
public record ModelUse(long calls, long requests, long places, double seconds) {

  /** How full the batches were in the mean, in [0, 1]; 0 without a call. */
  public double batchFill() {
    return places == 0 ? 0 : (double) requests / places;
  }

  /** How long a call took in the mean, in milliseconds; 0 without a call. */
  public double meanCallMillis() {
    return calls == 0 ? 0 : 1000 * seconds / calls;
  }

  /** What came after an earlier state of the same counts. */
  ModelUse since(ModelUse earlier) {
    return new ModelUse(
        calls - earlier.calls,
        requests - earlier.requests,
        places - earlier.places,
        seconds - earlier.seconds);
  }

  /** These calls and others. */
  ModelUse plus(ModelUse other) {
    return new ModelUse(
        calls + other.calls,
        requests + other.requests,
        places + other.places,
        seconds + other.seconds);
  }
}
