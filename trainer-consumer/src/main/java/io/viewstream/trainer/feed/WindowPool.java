package io.viewstream.trainer.feed;

import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.trainer.feed.internal.PoolStore;
import io.viewstream.trainer.feed.internal.StreamReader;
import io.viewstream.trainer.feed.internal.WindowStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images and views of a data plane that never ends, window after window.
 *
 * <p>A <b>window</b> takes the place of an epoch: a horizon, that is a range of offsets of each
 * partition of both topics, whose images are shuffled by seed and number of the window and drawn
 * once each. A new window begins when {@link WindowSettings#windowImages} images have arrived, or
 * the timeout has passed with at least a step's worth of them; it shows the images of the last
 * {@link WindowSettings#passes} windows' arrivals and every view of theirs that was read. So each
 * image is drawn in as many windows, and a view that came late is used from the next of them on.
 *
 * <p><b>Bounds.</b> A thread reads ahead of training, one window at most, and pauses partitions of
 * which no more is wanted. What has left the buffer is dropped from the local cache, which is empty
 * when a pool is opened and lies apart from that of {@link ViewPool}: Kafka keeps the records, and
 * a training that is resumed reads its windows again.
 *
 * <p>One thread uses a pool; {@link #statistics} may be asked by any. Snapshots may be used by any
 * number of threads until the next window is taken.
 */
public final class WindowPool implements HorizonPool, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(WindowPool.class);
  private static final long MIN_REPLACEMENT_SAMPLES = 10_000;
  private static final String FOLDER = "continuous";
  private static final int MIN_SEGMENT_BYTES = 1 << 16;
  private static final int MAX_SEGMENT_BYTES = 16 << 20;
  // A segment is dropped as a whole, so it is to be a small part of the cache.
  private static final int SEGMENTS_IN_CACHE = 16;

  private final DataPlane plane;
  private final PoolStore store;
  private final StreamReader reader;
  private final WindowStore windows;
  private final InstantSource clock;
  private final AgeMeter ages = new AgeMeter();
  private int snapshots;

  private WindowPool(
      DataPlane plane,
      PoolStore store,
      StreamReader reader,
      WindowStore windows,
      InstantSource clock) {
    this.plane = plane;
    this.store = store;
    this.reader = reader;
    this.windows = windows;
    this.clock = clock;
  }

  /**
   * Where reading begins.
   *
   * @param from a recorded window; reading begins where it begins, or with the topics if none
   * @param earlier the windows before the first one that will be asked for, as many as share images
   *     with it, oldest first
   */
  public record Start(Optional<Horizon> from, List<Horizon> earlier) {

    /** With the topics. */
    public static final Start BEGINNING = new Start(Optional.empty(), List.of());

    /** Copies the list. */
    public Start {
      earlier = List.copyOf(earlier);
    }

    /**
     * Where a training begins that is at a window of a recorded one.
     *
     * @param manifest of the recorded training
     * @param window the first that will be asked for; recorded or the next one after those
     * @param passes in how many windows each image is drawn
     */
    public static Start at(RunManifest manifest, int window, int passes) {
      List<Horizon> earlier = new java.util.ArrayList<>();
      for (int number = Math.max(0, window - passes); number < window; number++) {
        manifest.horizon(number).map(EpochHorizon::horizon).ifPresent(earlier::add);
      }
      Optional<Horizon> own = manifest.horizon(window).map(EpochHorizon::horizon);
      return new Start(
          own.or(() -> earlier.isEmpty() ? Optional.empty() : Optional.of(earlier.getLast())),
          earlier);
    }
  }

  /**
   * Checks the topics, chooses the runs, empties the cache and begins to read.
   *
   * @param stalled told, on the thread that waits for a window, what it waits for
   * @throws io.viewstream.kafka.command.CommandException if a topic is missing or loses records, a
   *     run is unknown, or there are several and none is named
   * @throws FeedException if the cache is in use or cannot be made
   */
  public static WindowPool open(
      ViewPoolSettings settings,
      WindowSettings windowSettings,
      Start start,
      Consumer<String> stalled) {
    DataPlane plane = DataPlane.look(settings);
    PoolStore store;
    try {
      store =
          PoolStore.openEmpty(
              settings.cacheDirectory().resolve(FOLDER),
              plane.clusterId(),
              plane.topics(),
              segmentBytes(settings.cacheBytes()));
    } catch (IOException e) {
      throw new FeedException(
          "Cannot open the cache " + settings.cacheDirectory() + ": " + Reason.of(e), e);
    }
    StreamReader reader;
    try {
      reader = StreamReader.connect(settings, store, start.from());
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
    try {
      WindowStore windows =
          new WindowStore(
              store,
              windowSettings,
              plane.runNames(),
              settings.cacheBytes(),
              start.earlier(),
              System::nanoTime,
              stalled);
      reader.start(windows);
      logger.info(
          "Reading windows of {} images, each image in {}, views from {}",
          windowSettings.windowImages(),
          windowSettings.passes(),
          plane.runNames());
      return new WindowPool(plane, store, reader, windows, InstantSource.system());
    } catch (RuntimeException e) {
      try (store;
          reader) {
        throw e;
      }
    }
  }

  private static int segmentBytes(long cacheBytes) {
    return Math.clamp(cacheBytes / SEGMENTS_IN_CACHE, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
  }

  /** The runs whose views count, in the order in which they were named. */
  public List<GenerationRun> runs() {
    return plane.runs();
  }

  /** Records that could not be read and were left out. */
  public long malformedRecords() {
    return reader.malformedRecords();
  }

  /** Waits for the next window and gives its horizon; {@link #snapshotAt} begins it. */
  @Override
  public Horizon freezeHorizon() throws InterruptedException {
    return windows.awaitWindow();
  }

  @Override
  public PoolSnapshot snapshotAt(Horizon horizon) throws InterruptedException {
    PoolSnapshot snapshot = windows.begin(horizon);
    ages.begin(snapshot.recordTimes());
    snapshots++;
    if (snapshots == 2) {
      moveLastingObjects();
    }
    return snapshot;
  }

  /**
   * After one window all that a process keeps is there: classes, directories of jars, buffers. One
   * full collection moves it out of the way of those that follow, which would copy it again and
   * again and leave its pages resident in both survivor spaces: measured in docs/benchmarks.
   */
  private static void moveLastingObjects() {
    System.gc();
  }

  @Override
  public long minReplacementSamples() {
    return MIN_REPLACEMENT_SAMPLES;
  }

  /** Notes that a batch of the window at hand is used, for the ages of images. */
  public void noteBatch() {
    ages.use(clock.millis());
  }

  /** How the feed stands. */
  public StreamStatistics statistics() {
    WindowStore.Counts counts = windows.counts();
    return ages.with(counts, reader.lagRecords(), reader.lostRecords());
  }

  /** Ends reading and closes the cache. No snapshot may be used afterwards. */
  @Override
  public void close() {
    try {
      reader.close();
    } finally {
      store.close();
    }
  }
}
