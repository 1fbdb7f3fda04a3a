package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.Horizon;
import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.WindowSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pool of an endless feed: one thread delivers records, another takes windows of them. It says
 * which partitions are wanted, so that what is read ahead is bounded, and forgets what has left the
 * buffer. Knows nothing of clients. Safe for both threads.
 *
 * <p><b>Bounds.</b> Source images are wanted until the next window is full, views until they are of
 * images that were not read yet (the views of a partition stand in the order of their sources), and
 * neither when the cache is full. What a recorded window needs is always wanted.
 */
public final class WindowStore {

  /** How long a window waits for views that are in the topic already. */
  private static final Duration VIEWS_GRACE = Duration.ofSeconds(3);

  /** After so long without a window it is said what it waits for. */
  private static final Duration STALL = Duration.ofSeconds(5);

  private final PoolStore store;
  private final WindowSettings settings;
  private final List<String> runs;
  private final long cacheBytes;
  private final LongSupplier nanoTime;
  private final Consumer<String> stalled;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All guarded by lock.
  private final WindowArrivals arrivals;
  private final Deque<long[]> windowEnds = new ArrayDeque<>();
  private final ViewArrivals views;
  private final long[] firstBegins;
  private long[] begins;
  private final long[] sourcePositions;
  private final long[] viewPositions;
  private @Nullable Horizon target;
  private @Nullable Horizon opened;
  private boolean viewsAreRead;
  private long sourceImages;
  private @Nullable Throwable failure;

  /** A record with its topic. */
  public record Delivered(Topic topic, PoolRecord record) {}

  /**
   * An empty store.
   *
   * @param store borrowed, empty, its topics' beginnings known
   * @param settings of the windows
   * @param runs whose views count
   * @param cacheBytes how much it may hold
   * @param earlier the windows before the first one that is asked for, as far as they share images
   *     with it, oldest first
   * @param nanoTime the clock
   * @param stalled told, on the thread that waits for a window, what it waits for; must not block
   */
  public WindowStore(
      PoolStore store,
      WindowSettings settings,
      List<String> runs,
      long cacheBytes,
      List<Horizon> earlier,
      LongSupplier nanoTime,
      Consumer<String> stalled) {
    this.store = store;
    this.settings = settings;
    this.runs = List.copyOf(runs);
    this.cacheBytes = cacheBytes;
    this.nanoTime = nanoTime;
    this.stalled = stalled;
    Horizon held = store.held();
    this.firstBegins = PartitionOffsets.begins(held.sourceImages());
    this.begins = firstBegins;
    this.sourcePositions = firstBegins.clone();
    this.viewPositions = PartitionOffsets.begins(held.syntheticViews());
    this.arrivals = new WindowArrivals(firstBegins);
    this.views = new ViewArrivals(viewPositions.length);
    for (Horizon window : earlier) {
      keepEnds(PartitionOffsets.fitted(window.sourceImages().ends(), firstBegins));
    }
    if (!windowEnds.isEmpty()) {
      arrivals.advanceTo(windowEnds.getLast());
    }
  }

  // ---- what the reading thread calls ----

  /**
   * Takes in what was read.
   *
   * @param records in the order of reading
   * @param sources where reading of each partition of the source images goes on
   * @param syntheticViews the same of the views
   * @param allViewsRead whether all views that are wanted and can be read now are among them
   */
  public void deliver(
      List<Delivered> records, long[] sources, long[] syntheticViews, boolean allViewsRead) {
    lock.lock();
    try {
      for (Delivered delivered : records) {
        take(delivered);
      }
      System.arraycopy(sources, 0, sourcePositions, 0, sourcePositions.length);
      System.arraycopy(syntheticViews, 0, viewPositions, 0, viewPositions.length);
      viewsAreRead = allViewsRead;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void take(Delivered delivered) {
    PoolRecord record = delivered.record();
    if (delivered.topic() == Topic.SYNTHETIC_VIEWS) {
      if (runs.contains(record.run()) && views.take(record, firstBegins, begins, opened)) {
        store.append(Topic.SYNTHETIC_VIEWS, record);
      }
    } else {
      store.append(delivered.topic(), record);
      boolean withdrawn = record.kind() == FrameKind.WITHDRAWN;
      sourceImages += withdrawn ? 0 : 1;
      arrivals.add(
          record.partition(), record.offset(), record.imageId(), withdrawn, nanoTime.getAsLong());
    }
  }

  /** Whether a partition is to be read on. */
  public boolean wants(Topic topic, int partition) {
    lock.lock();
    try {
      boolean room = store.usedBytes() < cacheBytes;
      return switch (topic) {
        case SOURCE_IMAGES ->
            sourcePositions[partition] < targetEnd(topic, partition)
                || (room && arrivals.images() < settings.windowImages());
        case SYNTHETIC_VIEWS ->
            viewPositions[partition] < targetEnd(topic, partition)
                // The topic of views may have grown first: no source stands in its new partitions.
                || (room
                    && partition < sourcePositions.length
                    && views.lastSource(partition) < sourcePositions[partition]);
        case DEAD_LETTERS, GENERATION_RUNS -> false;
      };
    } finally {
      lock.unlock();
    }
  }

  /** End offset of a partition in the recorded window that is waited for; 0 when none is. */
  public long targetEnd(Topic topic, int partition) {
    lock.lock();
    try {
      if (target == null) {
        return 0;
      }
      List<OffsetRange> ranges =
          (topic == Topic.SOURCE_IMAGES ? target.sourceImages() : target.syntheticViews())
              .partitions();
      return partition < ranges.size() ? ranges.get(partition).end() : 0;
    } finally {
      lock.unlock();
    }
  }

  /** The newest window that was begun. */
  public Optional<Horizon> opened() {
    lock.lock();
    try {
      return Optional.ofNullable(opened);
    } finally {
      lock.unlock();
    }
  }

  /** Reading has ended; whoever waits for a window gets the exception. */
  public void fail(Throwable cause) {
    lock.lock();
    try {
      failure = cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- what the training thread calls ----

  /**
   * Waits until a window is there.
   *
   * @throws FeedException if reading has failed, or the cache is too small for a step
   */
  public Horizon awaitWindow() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long[] nextBegins = beginsOfNext();
      forgetBefore(nextBegins);
      long start = nanoTime.getAsLong();
      boolean told = false;
      while (true) {
        throwIfFailed();
        Optional<long[]> ends = chooseEnds();
        if (ends.isPresent()) {
          return horizon(nextBegins, ends.get());
        }
        if (!told && nanoTime.getAsLong() - start >= STALL.toNanos()) {
          told = true;
          stalled.accept(waitsFor());
        }
        // Time alone can be what is waited for.
        changed.await(50, TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<long[]> chooseEnds() {
    boolean cacheFull = store.usedBytes() >= cacheBytes;
    Long oldest = arrivals.oldestNanos();
    if (oldest == null) {
      if (cacheFull) {
        // What fills it are images of earlier windows, which the next one shows again: it would
        // wait for ever for images that are not read.
        throw cacheTooSmall();
      }
      return Optional.empty();
    }
    long waitedNanos = nanoTime.getAsLong() - oldest;
    boolean enough =
        arrivals.images() >= settings.windowImages()
            || waitedNanos >= settings.timeout().toNanos()
            || cacheFull;
    boolean viewsReady = viewsAreRead || cacheFull || waitedNanos >= VIEWS_GRACE.toNanos();
    if (!enough || !viewsReady) {
      return Optional.empty();
    }
    Optional<long[]> ends = arrivals.cut(settings.windowImages(), settings.stepImages());
    if (ends.isEmpty() && cacheFull) {
      throw cacheTooSmall();
    }
    return ends;
  }

  private FeedException cacheTooSmall() {
    return new FeedException(
        "The cache is too small: with %d bytes it is full, and %d images that arrived do not fill a step of %d; raise --cache-bytes (%d), or lower shuffle-buffer or --batch-size"
            .formatted(store.usedBytes(), arrivals.images(), settings.stepImages(), cacheBytes));
  }

  private String waitsFor() {
    return "Waiting for images: %d of the %d that a step needs have come to %s; is `viewstream produce` running?"
        .formatted(
            arrivals.images(),
            settings.stepImages(),
            store.log(Topic.SOURCE_IMAGES).topic().name());
  }

  private long[] beginsOfNext() {
    return windowEnds.size() < settings.passes()
        ? windowEnds.isEmpty() || opened == null
            ? begins
            : PartitionOffsets.begins(opened.sourceImages())
        : windowEnds.getFirst();
  }

  private Horizon horizon(long[] sourceBegins, long[] sourceEnds) {
    return new Horizon(
        store.clusterId(),
        PartitionOffsets.horizon(store.log(Topic.SOURCE_IMAGES).topic(), sourceBegins, sourceEnds),
        PartitionOffsets.horizon(
            store.log(Topic.SYNTHETIC_VIEWS).topic(),
            store.firstViews(sourceBegins, viewPositions),
            viewPositions));
  }

  /**
   * Begins a window: waits until all of it is there, if it was recorded, and forgets what lies
   * before it.
   *
   * @throws FeedException if the store cannot show it
   */
  public PoolSnapshot begin(Horizon window) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      store.checkHolds(window);
      long[] windowBegins =
          PartitionOffsets.fitted(PartitionOffsets.begins(window.sourceImages()), firstBegins);
      long[] ends = PartitionOffsets.fitted(window.sourceImages().ends(), firstBegins);
      if (!PartitionOffsets.notBefore(windowBegins, begins)) {
        throw new FeedException(
            "The images of a window that was begun earlier have left the buffer; go back to it by"
                + " --resume or --replay");
      }
      target = window;
      arrivals.advanceTo(ends);
      while (!PartitionOffsets.notBefore(sourcePositions, ends)
          || !PartitionOffsets.notBefore(viewPositions, window.syntheticViews().ends())) {
        throwIfFailed();
        changed.await(50, TimeUnit.MILLISECONDS);
      }
      target = null;
      opened = window;
      keepEnds(ends);
      forgetBefore(windowBegins);
      return store.snapshot(window, runs);
    } finally {
      lock.unlock();
    }
  }

  private void forgetBefore(long[] sourceOffsets) {
    begins = sourceOffsets.clone();
    store.forgetBefore(begins);
  }

  private void keepEnds(long[] ends) {
    if (windowEnds.isEmpty() || !Arrays.equals(windowEnds.getLast(), ends)) {
      windowEnds.add(ends);
    }
    while (windowEnds.size() > settings.passes()) {
      windowEnds.removeFirst();
    }
  }

  private void throwIfFailed() {
    if (failure != null) {
      throw failure instanceof FeedException known
          ? known
          : new FeedException(
              "Cannot read the topics: "
                  + (failure instanceof Error ? failure : failure.getMessage()),
              failure);
    }
  }

  /** What the store knows of itself, with the views' counts. */
  public Counts counts() {
    lock.lock();
    try {
      return new Counts(
          sourceImages, store.usedBytes(), views.inTime(), views.late(), views.missed());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts since the store was made.
   *
   * @param sourceImages read
   * @param usedBytes bytes of records that are held
   * @param viewsInTime see {@link io.viewstream.trainer.feed.StreamStatistics}
   * @param lateViews see there
   * @param missedViews see there
   */
  public record Counts(
      long sourceImages, long usedBytes, long viewsInTime, long lateViews, long missedViews) {}
}
