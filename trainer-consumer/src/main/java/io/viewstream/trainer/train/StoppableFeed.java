package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.Rank;

/** A feed whose reading of Kafka, when an epoch is opened, ends when a stop is asked for. */
record StoppableFeed(BatchFeed feed, StopRequest stop) implements BatchFeed {

  @Override
  public BatchShape shape() {
    return feed.shape();
  }

  @Override
  public Rank rank() {
    return feed.rank();
  }

  @Override
  public EpochFeed openEpoch(int epoch, int firstBatch) throws InterruptedException {
    return stop.whileWaiting(() -> feed.openEpoch(epoch, firstBatch));
  }

  @Override
  public void close() {
    feed.close();
  }
}
