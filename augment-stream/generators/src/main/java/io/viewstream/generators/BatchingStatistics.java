package io.viewstream.generators;

/**
 * What a {@link BatchingGenerator} has done so far.
 *
 * @param images that were asked for
 * @param engineCalls that ended, retries among them
 * @param failedEngineCalls those that threw
 * @param generatedImages outcomes that engine calls gave; divided by the successful engine calls it
 *     is the mean batch
 * @param droppedOutcomes those whose caller had left
 * @param engineNanos time inside engine calls
 */
public record BatchingStatistics(
    long images,
    long engineCalls,
    long failedEngineCalls,
    long generatedImages,
    long droppedOutcomes,
    long engineNanos) {

  /** Nothing done yet. */
  public static final BatchingStatistics NONE = new BatchingStatistics(0, 0, 0, 0, 0, 0);

  /** With more images asked for. */
  public BatchingStatistics plusImages(int more) {
    return new BatchingStatistics(
        images + more,
        engineCalls,
        failedEngineCalls,
        generatedImages,
        droppedOutcomes,
        engineNanos);
  }

  /** With one more engine call, which failed if it generated nothing. */
  public BatchingStatistics plusEngineCall(int generated, int dropped, long nanos) {
    return new BatchingStatistics(
        images,
        engineCalls + 1,
        failedEngineCalls + (generated == 0 ? 1 : 0),
        generatedImages + generated,
        droppedOutcomes + dropped,
        engineNanos + nanos);
  }
}
