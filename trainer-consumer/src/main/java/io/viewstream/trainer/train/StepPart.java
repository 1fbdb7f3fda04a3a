package io.viewstream.trainer.train;

/** What a training's time goes into. */
public enum StepPart {
  /** Waiting for a batch, the opening of an epoch included. */
  FEED("feedSeconds"),
  /** Handing a batch's pixels to the engine. */
  COPY("copySeconds"),
  /** Forward, loss, backward and update, until their results are there. */
  ENGINE("engineSeconds"),
  /** Giving back a step's tensors. */
  RELEASE("releaseSeconds"),
  /** Writing checkpoints. */
  CHECKPOINT("checkpointSeconds"),
  /** All the rest: counts, losses, progress. */
  BOOKKEEPING("bookkeepingSeconds");

  private final String reportKey;

  StepPart(String reportKey) {
    this.reportKey = reportKey;
  }

  /** The part's key in reports. */
  public String reportKey() {
    return reportKey;
  }
}
