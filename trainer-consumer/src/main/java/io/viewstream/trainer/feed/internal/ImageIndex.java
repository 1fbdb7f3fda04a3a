package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.serde.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * What is known of each image: its source records, its views and its dead letters, as positions in
 * the logs. Nothing is ever replaced, since an old horizon may be asked for again; which record
 * counts is decided when a horizon is looked at.
 *
 * <p>Kept in columns of primitives, about 36 bytes for a source record or a view. An image is found
 * by the hash of its id in an open-addressing table; ids themselves stay in the logs, where a hash
 * that is met twice has them compared.
 *
 * <p>Not safe for several threads.
 */
final class ImageIndex {

  private static final int NONE = -1;
  // No entry has this low half: there is no image of that number.
  private static final long FREE = -1;
  private static final int FIRST_SLOTS = 1024;
  private static final int WITHDRAWN = 1 << 31;

  private final LongFunction<Piece> imageIdAt;

  private long[] slots = free(FIRST_SLOTS);
  private final LongColumn imageHash = new LongColumn();
  private final LongColumn imageLocation = new LongColumn();
  private final IntColumn lastSource = new IntColumn();
  private final IntColumn lastView = new IntColumn();
  private final IntColumn lastDeadLetter = new IntColumn();

  // Source records. Each image's form a list, newest first.
  private final LongColumn sourceOffset = new LongColumn();
  private final IntColumn sourcePartition = new IntColumn();
  private final LongColumn sourceDigest = new LongColumn();
  private final LongColumn sourceLocation = new LongColumn();
  private final LongColumn sourceTimestamp = new LongColumn();
  private final IntColumn previousSource = new IntColumn();

  private final LongColumn viewOffset = new LongColumn();
  private final IntColumn viewPartition = new IntColumn();
  private final LongColumn viewDigest = new LongColumn();
  private final LongColumn viewSourceOffset = new LongColumn();
  private final LongColumn viewLocation = new LongColumn();
  private final IntColumn viewRunAndIndex = new IntColumn();
  private final IntColumn previousView = new IntColumn();

  private final LongColumn deadOriginOffset = new LongColumn();
  private final IntColumn deadOriginPartition = new IntColumn();
  private final IntColumn deadRun = new IntColumn();
  private final IntColumn previousDead = new IntColumn();

  private final List<String> runs = new ArrayList<>();

  /**
   * An empty index.
   *
   * @param imageIdAt reads the image id, in UTF-8, of the frame at a location
   */
  ImageIndex(LongFunction<Piece> imageIdAt) {
    this.imageIdAt = imageIdAt;
  }

  /** Adds what a record says of an image. Records of other kinds are ignored. */
  void add(long location, IndexEntry entry) {
    switch (entry.kind()) {
      case SOURCE -> addSource(location, entry, 0);
      case WITHDRAWN -> addSource(location, entry, WITHDRAWN);
      case VIEW -> addView(location, entry);
      case DEAD_LETTER -> addDeadLetter(location, entry);
      case POSITIONS, BEGINNINGS -> {
        // They are the reader's.
      }
    }
  }

  private void addSource(long location, IndexEntry entry, int flag) {
    int image = imageOf(location, entry);
    sourceOffset.add(entry.offset());
    sourcePartition.add(entry.partition() | flag);
    sourceDigest.add(entry.digestPrefix());
    sourceLocation.add(location);
    sourceTimestamp.add(entry.timestampMillis());
    previousSource.add(lastSource.get(image));
    lastSource.set(image, sourceOffset.size() - 1);
  }

  private void addView(long location, IndexEntry entry) {
    int image = imageOf(location, entry);
    viewOffset.add(entry.offset());
    viewPartition.add(entry.partition());
    viewDigest.add(entry.digestPrefix());
    viewSourceOffset.add(entry.sourceOffset());
    viewLocation.add(location);
    viewRunAndIndex.add(run(entry.run()) << Short.SIZE | entry.viewIndex());
    previousView.add(lastView.get(image));
    lastView.set(image, viewOffset.size() - 1);
  }

  private void addDeadLetter(long location, IndexEntry entry) {
    int image = imageOf(location, entry);
    entry
        .offsets()
        .forEach(
            (partition, offset) -> {
              deadOriginPartition.add(partition);
              deadOriginOffset.add(offset);
              deadRun.add(run(entry.run()));
              previousDead.add(lastDeadLetter.get(image));
              lastDeadLetter.set(image, deadRun.size() - 1);
            });
  }

  /** Number of images that any record was seen of. */
  int images() {
    return imageHash.size();
  }

  long hash(int image) {
    return imageHash.get(image);
  }

  String imageId(int image) {
    return encodedId(image).text();
  }

  private Piece encodedId(int image) {
    return imageIdAt.apply(imageLocation.get(image));
  }

  /**
   * The record that speaks for an image: of those within the horizon the one with the highest
   * offset (of two partitions, which a topic that grew may have, the higher one's).
   *
   * @param visible the visible range of each partition of the source topic
   * @return the record, or -1 when there is none or it withdraws the image
   */
  int winner(int image, VisibleOffsets visible) {
    int winner = NONE;
    for (int i = lastSource.get(image); i != NONE; i = previousSource.get(i)) {
      if (visible.contains(partition(i), sourceOffset.get(i))
          && (winner == NONE || newer(i, winner))) {
        winner = i;
      }
    }
    return winner == NONE || (sourcePartition.get(winner) & WITHDRAWN) != 0 ? NONE : winner;
  }

  private boolean newer(int source, int than) {
    int byOffset = Long.compare(sourceOffset.get(source), sourceOffset.get(than));
    return byOffset > 0 || (byOffset == 0 && partition(source) > partition(than));
  }

  long locationOfSource(int source) {
    return sourceLocation.get(source);
  }

  long timestampOfSource(int source) {
    return sourceTimestamp.get(source);
  }

  long digestOfSource(int source) {
    return sourceDigest.get(source);
  }

  /** The number of a run in this index, or -1 when no view or dead letter names it. */
  int runNumber(String run) {
    return runs.indexOf(run);
  }

  /**
   * Collects the views that count for an image: made from the winner's content, by a chosen run,
   * before the horizon, and not from a record that lies before what is visible of the sources; of
   * several with one run and index the oldest. (Where a horizon begins in the middle of the topic,
   * views of the records before it may be in the pool or not; none of them counts.)
   *
   * @param winner result of {@link #winner}
   * @param rankOfRun for each run's number its place among the chosen runs, or -1
   * @param sources the visible range of each partition of the source topic
   * @param visible the same of the view topic
   * @param found gets the views
   */
  void views(
      int image,
      int winner,
      int[] rankOfRun,
      VisibleOffsets sources,
      VisibleOffsets visible,
      ViewList found) {
    found.clear();
    for (int i = lastView.get(image); i != NONE; i = previousView.get(i)) {
      int rank = rankOfRun[viewRunAndIndex.get(i) >>> Short.SIZE];
      if (rank >= 0
          && viewDigest.get(i) == sourceDigest.get(winner)
          && viewOffset.get(i) < visible.end(viewPartition.get(i))
          && viewSourceOffset.get(i) >= sources.begin(viewPartition.get(i))) {
        int index = viewRunAndIndex.get(i) & 0xffff;
        found.add(
            rank << Short.SIZE | index,
            viewOffset.get(i),
            viewPartition.get(i),
            viewLocation.get(i));
      }
    }
    found.sortAndDeduplicate();
  }

  /** Whether the given run gave up the given source record. */
  boolean gaveUp(int image, int source, int run) {
    for (int i = lastDeadLetter.get(image); i != NONE; i = previousDead.get(i)) {
      if (deadRun.get(i) == run
          && deadOriginOffset.get(i) == sourceOffset.get(source)
          && deadOriginPartition.get(i) == partition(source)) {
        return true;
      }
    }
    return false;
  }

  private int partition(int source) {
    return sourcePartition.get(source) & ~WITHDRAWN;
  }

  /**
   * For each partition of the view topic the offset of the first view of a source record from the
   * given ones on; the given one where there is no such view.
   */
  long[] firstViews(long[] sourceBegins, long[] otherwise) {
    long[] firsts = otherwise.clone();
    for (int i = 0; i < viewOffset.size(); i++) {
      int partition = viewPartition.get(i);
      if (partition < firsts.length && viewSourceOffset.get(i) >= sourceBegins[partition]) {
        firsts[partition] = Math.min(firsts[partition], viewOffset.get(i));
      }
    }
    return firsts;
  }

  private int run(String name) {
    int number = runs.indexOf(name);
    if (number >= 0) {
      return number;
    }
    if (runs.size() > Short.MAX_VALUE) {
      throw new IllegalStateException("More than " + Short.MAX_VALUE + " runs in one topic");
    }
    runs.add(name);
    return runs.size() - 1;
  }

  int runs() {
    return runs.size();
  }

  private int imageOf(long location, IndexEntry entry) {
    long hash = entry.imageHash();
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != FREE) {
      int image = (int) slots[slot];
      if ((slots[slot] ^ hash) >>> Integer.SIZE == 0
          && imageHash.get(image) == hash
          && encodedId(image).buffer().equals(entry.encodedImageId().buffer())) {
        return image;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = entry(hash, images());
    imageHash.add(hash);
    imageLocation.add(location);
    lastSource.add(NONE);
    lastView.add(NONE);
    lastDeadLetter.add(NONE);
    if (images() > slots.length / 2) {
      grow();
    }
    return images() - 1;
  }

  /** An image with the high half of its hash, by which most others are told apart. */
  private static long entry(long hash, int image) {
    return hash >>> Integer.SIZE << Integer.SIZE | image;
  }

  private void grow() {
    long[] larger = free(slots.length * 2);
    int mask = larger.length - 1;
    for (int image = 0; image < images(); image++) {
      long hash = imageHash.get(image);
      int slot = (int) hash & mask;
      while (larger[slot] != FREE) {
        slot = (slot + 1) & mask;
      }
      larger[slot] = entry(hash, image);
    }
    slots = larger;
  }

  private static long[] free(int size) {
    long[] slots = new long[size];
    Arrays.fill(slots, FREE);
    return slots;
  }
}
