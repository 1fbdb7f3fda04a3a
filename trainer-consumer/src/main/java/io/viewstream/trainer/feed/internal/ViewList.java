package io.viewstream.trainer.feed.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The views of one image while they are chosen; used again for image after image. Belongs to one
 * thread.
 */
final class ViewList {

  private record View(int rankAndIndex, long offset, int partition, long location) {}

  private static final Comparator<View> ORDER =
      Comparator.comparingInt(View::rankAndIndex)
          .thenComparingLong(View::offset)
          .thenComparingInt(View::partition);

  private final List<View> views = new ArrayList<>();

  void clear() {
    views.clear();
  }

  void add(int rankAndIndex, long offset, int partition, long location) {
    views.add(new View(rankAndIndex, offset, partition, location));
  }

  /** Sorts by run and index; of equals the oldest stays. */
  void sortAndDeduplicate() {
    if (views.size() < 2) {
      return;
    }
    views.sort(ORDER);
    for (int i = views.size() - 1; i > 0; i--) {
      if (views.get(i).rankAndIndex() == views.get(i - 1).rankAndIndex()) {
        views.remove(i);
      }
    }
  }

  int size() {
    return views.size();
  }

  long location(int index) {
    return views.get(index).location();
  }

  /** How many views come from the run of the given rank. */
  int countOfRank(int rank) {
    int count = 0;
    for (View view : views) {
      if (view.rankAndIndex() >>> Short.SIZE == rank) {
        count++;
      }
    }
    return count;
  }
}
