package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.serde.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * What is known of each image: its source records, its views and its dead letters, as positions in
 * the logs. Nothing is ever replaced, since an old horizon may be asked for again; which record
 * counts is decided when a horizon is looked at.
 *
 * <p>Kept in rows of primitives: 40 bytes for a source record, 48 for a view, 16 for an image
 * besides those of {@link ImageNumbers}. The records of an image form lists, newest first.
 *
 * <p>Not safe for several threads.
 */
final class ImageIndex {

  private static final int NONE = -1;
  private static final int WITHDRAWN = 1 << 31;

  private final ImageNumbers images;

  // For each image the newest of its source records (high half), of its views and of its dead
  // letters.
  private final LongRows newest = new LongRows(2);
  private static final int SOURCE_AND_VIEW = 0;
  private static final int DEAD_LETTER = 1;

  // What rows of all three kinds begin with. Of a dead letter it is its source record's place.
  private static final int OFFSET = 0;
  private static final int PARTITION_AND_PREVIOUS = 1;

  private final LongRows sources = new LongRows(5);
  private final LongRows views = new LongRows(6);
  private static final int DIGEST = 2;
  private static final int LOCATION = 3;
  private static final int SOURCE_TIMESTAMP = 4;
  private static final int VIEW_SOURCE_OFFSET = 4;
  private static final int VIEW_RUN_AND_INDEX = 5;

  private final LongRows deadLetters = new LongRows(3);
  private static final int DEAD_RUN = 2;

  private final List<String> runs = new ArrayList<>();

  /**
   * An empty index.
   *
   * @param imageIdAt reads the image id, in UTF-8, of the frame at a location
   */
  ImageIndex(LongFunction<Piece> imageIdAt) {
    this.images = new ImageNumbers(imageIdAt);
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
    long last = newest.get(image, SOURCE_AND_VIEW);
    int source = sources.add();
    sources.set(source, OFFSET, entry.offset());
    sources.set(source, PARTITION_AND_PREVIOUS, pair(entry.partition() | flag, high(last)));
    sources.set(source, DIGEST, entry.digestPrefix());
    sources.set(source, LOCATION, location);
    sources.set(source, SOURCE_TIMESTAMP, entry.timestampMillis());
    newest.set(image, SOURCE_AND_VIEW, pair(source, low(last)));
  }

  private void addView(long location, IndexEntry entry) {
    int image = imageOf(location, entry);
    long last = newest.get(image, SOURCE_AND_VIEW);
    int view = views.add();
    views.set(view, OFFSET, entry.offset());
    views.set(view, PARTITION_AND_PREVIOUS, pair(entry.partition(), low(last)));
    views.set(view, DIGEST, entry.digestPrefix());
    views.set(view, LOCATION, location);
    views.set(view, VIEW_SOURCE_OFFSET, entry.sourceOffset());
    views.set(view, VIEW_RUN_AND_INDEX, pair(run(entry.run()), entry.viewIndex()));
    newest.set(image, SOURCE_AND_VIEW, pair(high(last), view));
  }

  private void addDeadLetter(long location, IndexEntry entry) {
    int image = imageOf(location, entry);
    entry
        .offsets()
        .forEach(
            (partition, offset) -> {
              int letter = deadLetters.add();
              int previous = low(newest.get(image, DEAD_LETTER));
              deadLetters.set(letter, OFFSET, offset);
              deadLetters.set(letter, PARTITION_AND_PREVIOUS, pair(partition, previous));
              deadLetters.set(letter, DEAD_RUN, run(entry.run()));
              newest.set(image, DEAD_LETTER, letter);
            });
  }

  private int imageOf(long location, IndexEntry entry) {
    int image = images.of(location, entry);
    if (image == newest.size()) {
      newest.add();
      newest.set(image, SOURCE_AND_VIEW, pair(NONE, NONE));
      newest.set(image, DEAD_LETTER, NONE);
    }
    return image;
  }

  private static long pair(int high, int low) {
    return (long) high << Integer.SIZE | Integer.toUnsignedLong(low);
  }

  private static int high(long pair) {
    return (int) (pair >>> Integer.SIZE);
  }

  private static int low(long pair) {
    return (int) pair;
  }

  /** Number of images that any record was seen of. */
  int images() {
    return images.size();
  }

  long hash(int image) {
    return images.hash(image);
  }

  String imageId(int image) {
    return images.imageId(image);
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
    for (int i = high(newest.get(image, SOURCE_AND_VIEW)); i != NONE; i = previous(sources, i)) {
      if (visible.contains(partition(i), sources.get(i, OFFSET))
          && (winner == NONE || newer(i, winner))) {
        winner = i;
      }
    }
    return winner == NONE || (partitionAndFlag(winner) & WITHDRAWN) != 0 ? NONE : winner;
  }

  private boolean newer(int source, int than) {
    int byOffset = Long.compare(sources.get(source, OFFSET), sources.get(than, OFFSET));
    return byOffset > 0 || (byOffset == 0 && partition(source) > partition(than));
  }

  long locationOfSource(int source) {
    return sources.get(source, LOCATION);
  }

  long timestampOfSource(int source) {
    return sources.get(source, SOURCE_TIMESTAMP);
  }

  long digestOfSource(int source) {
    return sources.get(source, DIGEST);
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
   * @param shownSources the visible range of each partition of the source topic
   * @param visible the same of the view topic
   * @param found gets the views
   */
  void views(
      int image,
      int winner,
      int[] rankOfRun,
      VisibleOffsets shownSources,
      VisibleOffsets visible,
      ViewList found) {
    found.clear();
    for (int i = low(newest.get(image, SOURCE_AND_VIEW)); i != NONE; i = previous(views, i)) {
      long runAndIndex = views.get(i, VIEW_RUN_AND_INDEX);
      int rank = rankOfRun[high(runAndIndex)];
      int partition = high(views.get(i, PARTITION_AND_PREVIOUS));
      long offset = views.get(i, OFFSET);
      if (rank >= 0
          && views.get(i, DIGEST) == sources.get(winner, DIGEST)
          && offset < visible.end(partition)
          && views.get(i, VIEW_SOURCE_OFFSET) >= shownSources.begin(partition)) {
        found.add(rank << Short.SIZE | low(runAndIndex), offset, partition, views.get(i, LOCATION));
      }
    }
    found.sortAndDeduplicate();
  }

  /** Whether the given run gave up the given source record. */
  boolean gaveUp(int image, int source, int run) {
    for (int i = low(newest.get(image, DEAD_LETTER)); i != NONE; i = previous(deadLetters, i)) {
      if (deadLetters.get(i, DEAD_RUN) == run
          && deadLetters.get(i, OFFSET) == sources.get(source, OFFSET)
          && high(deadLetters.get(i, PARTITION_AND_PREVIOUS)) == partition(source)) {
        return true;
      }
    }
    return false;
  }

  private int partition(int source) {
    return partitionAndFlag(source) & ~WITHDRAWN;
  }

  private int partitionAndFlag(int source) {
    return high(sources.get(source, PARTITION_AND_PREVIOUS));
  }

  private static int previous(LongRows records, int record) {
    return low(records.get(record, PARTITION_AND_PREVIOUS));
  }

  /**
   * For each partition of the view topic the offset of the first view of a source record from the
   * given ones on; the given one where there is no such view.
   */
  long[] firstViews(long[] sourceBegins, long[] otherwise) {
    long[] firsts = otherwise.clone();
    for (int i = 0; i < views.size(); i++) {
      int partition = high(views.get(i, PARTITION_AND_PREVIOUS));
      if (partition < firsts.length
          && views.get(i, VIEW_SOURCE_OFFSET) >= sourceBegins[partition]) {
        firsts[partition] = Math.min(firsts[partition], views.get(i, OFFSET));
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
}
