package io.viewstream.trainer.feed;

/** Is told how far the pool has come with reading. Called on the thread that fills the pool. */
@FunctionalInterface
public interface FillProgress {

  /** Tells no one. */
  FillProgress NONE = (done, total) -> {};

  /**
   * More was read.
   *
   * @param done offsets read so far since this fill began
   * @param total offsets to be read in this fill; transaction markers count among them
   */
  void filled(long done, long total);
}
