package io.viewstream.trainer.feed;

import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.trainer.feed.internal.PoolStore;
import io.viewstream.trainer.feed.internal.TopicReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All images and views of a data plane, in a local cache: read from Kafka once, then as often as
 * training likes.
 *
 * <p><b>Segments.</b> Records are appended to mapped files, one log for each topic id of each
 * cluster, and the positions in Kafka up to which was read stand in the same logs. So the cache is
 * consistent wherever a crash cut it, and a second run begins where the first one stopped.
 * Positions are committed to a consumer group as well, but only for people to watch: the logs
 * decide.
 *
 * <p><b>Rules.</b> Of several records of one image the highest offset counts, a null value
 * withdraws the image, and a view counts if it was made from the content that counts. Which records
 * these are depends on the horizon, so the index keeps all and {@link #snapshotAt} decides. The
 * cache holds the views of all runs, those that training did not choose too, for another training
 * may choose them.
 *
 * <p><b>Eviction.</b> There is none: everything up to the horizon is in the pool before an epoch
 * begins, and epochs read no network. A cache that is too small is an error before training, with
 * the number of bytes that would do.
 *
 * <p>Kafka is read by the calling thread, in {@link #snapshotAt} and {@link #waitForViews} alone,
 * and a thread of the pool stores what was read; one thread uses a pool. Snapshots may be used by
 * any number of threads, until the pool is closed.
 */
public final class ViewPool implements HorizonPool, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(ViewPool.class);
  private static final Duration SETTLED_INTERVAL = Duration.ofMillis(200);

  private final List<GenerationRun> runs;
  private final PoolStore store;
  private final TopicReader reader;
  private final FillProgress progress;
  private final LongSupplier nanoTime;

  private ViewPool(
      List<GenerationRun> runs,
      PoolStore store,
      TopicReader reader,
      FillProgress progress,
      LongSupplier nanoTime) {
    this.runs = runs;
    this.store = store;
    this.reader = reader;
    this.progress = progress;
    this.nanoTime = nanoTime;
  }

  /**
   * Checks the topics, chooses the runs, opens the cache and connects. Reads no images yet.
   *
   * @throws io.viewstream.kafka.command.CommandException if a topic is missing or loses records, a
   *     run is unknown, or there are several and none is named
   * @throws FeedException if the cache is in use or damaged, or does not fit the topics any more
   */
  public static ViewPool open(ViewPoolSettings settings, FillProgress progress) {
    DataPlane plane = DataPlane.look(settings);
    PoolStore store;
    try {
      store =
          PoolStore.open(
              settings.cacheDirectory(),
              plane.clusterId(),
              plane.topics(),
              PoolStore.SEGMENT_BYTES);
    } catch (IOException e) {
      throw new FeedException(
          "Cannot open the cache " + settings.cacheDirectory() + ": " + Reason.of(e), e);
    }
    try {
      TopicReader reader = TopicReader.connect(settings, store);
      logger.info(
          "Pool opened: {} bytes cached in {}, views from {}",
          store.usedBytes(),
          settings.cacheDirectory(),
          plane.runNames());
      return new ViewPool(plane.runs(), store, reader, progress, System::nanoTime);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** The runs whose views count, in the order in which they were named. */
  public List<GenerationRun> runs() {
    return runs;
  }

  /** Bytes of records in the cache. */
  public long usedBytes() {
    return store.usedBytes();
  }

  /** Records that could not be read and were left out, since the pool was opened. */
  public long malformedRecords() {
    return reader.malformedRecords();
  }

  @Override
  public Horizon freezeHorizon() throws InterruptedException {
    return reader.freezeHorizon();
  }

  @Override
  public PoolSnapshot snapshotAt(Horizon horizon) throws InterruptedException {
    store.checkHolds(horizon);
    reader.readTo(horizon, progress);
    return store.snapshot(horizon, runNames());
  }

  /**
   * Reads until so many images are settled: have all their views, or a dead letter in their place.
   *
   * @param images how many images to wait for
   * @param timeout how long to wait at most
   * @return how far the stage had come at the end, fewer settled images than asked for if the time
   *     was up
   * @throws FeedException if there is no run that could make views
   * @throws InterruptedException if the thread is interrupted while waiting
   */
  public SettledImages waitForViews(int images, Duration timeout) throws InterruptedException {
    if (runs.isEmpty()) {
      throw new FeedException(
          "There is no run of the generation stage whose views could be waited for; start `viewstream"
              + " augment` first");
    }
    // Saturates, where toNanos() would overflow after 292 years.
    long timeoutNanos = TimeUnit.NANOSECONDS.convert(timeout);
    long start = nanoTime.getAsLong();
    while (true) {
      reader.readTo(reader.freezeHorizon(), progress);
      long counting = nanoTime.getAsLong();
      SettledImages settled = store.settled(runs);
      long now = nanoTime.getAsLong();
      if (settled.settled() >= images || now - start >= timeoutNanos) {
        return settled;
      }
      // Counting visits every view: it is to take a small part of the time, however many there are.
      long pauseNanos = Math.max(SETTLED_INTERVAL.toNanos(), 4 * (now - counting));
      reader.await(Duration.ofNanos(Math.min(pauseNanos, timeoutNanos - (now - start))));
    }
  }

  /** Ends the connection and closes the cache. No snapshot may be used afterwards. */
  @Override
  public void close() {
    try {
      reader.close();
    } finally {
      store.close();
    }
  }

  private List<String> runNames() {
    return runs.stream().map(GenerationRun::getRun).toList();
  }
}
