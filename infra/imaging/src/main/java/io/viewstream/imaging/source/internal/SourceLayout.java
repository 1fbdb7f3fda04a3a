package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.Split;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the folders of a source mean. It is divided into train and test when both are sub-folders of
 * its root, or of the one folder at its root that holds everything, as archives like to have; then
 * a folder named train is no class. Otherwise it may well be one.
 *
 * @param splitDepth how many folders lie above train and test, or −1 when the source is undivided
 * @param files how many files each split has
 */
record SourceLayout(int splitDepth, Files files) {
  /** How many files there are in all, below train, and below test. */
  record Files(long all, long train, long test) {}

  /** Collects the paths of a source; hidden files and illegal paths are not among them. */
  static final class Builder {
    private final Set<String> roots = new HashSet<>();
    private final long[] train = new long[2];
    private final long[] test = new long[2];
    private long all;

    /** Adds a file; one whose path is not legal belongs to no split. */
    void add(Optional<EntryPath> legalPath) {
      all++;
      legalPath.ifPresent(this::classify);
    }

    private void classify(EntryPath path) {
      roots.add(path.names().size() == 1 ? "" : path.names().getFirst());
      for (int depth = 0; depth < 2; depth++) {
        train[depth] += isBelow(path, depth, Split.TRAIN) ? 1 : 0;
        test[depth] += isBelow(path, depth, Split.TEST) ? 1 : 0;
      }
    }

    SourceLayout build() {
      int depth = -1;
      if (train[0] > 0 && test[0] > 0) {
        depth = 0;
      } else if (roots.size() == 1 && train[1] > 0 && test[1] > 0) {
        depth = 1;
      }
      return new SourceLayout(
          depth, depth < 0 ? new Files(all, 0, 0) : new Files(all, train[depth], test[depth]));
    }
  }

  private static boolean isBelow(EntryPath path, int depth, Split split) {
    return path.names().size() > depth + 1 && path.names().get(depth).equals(split.folder());
  }

  boolean divided() {
    return splitDepth >= 0;
  }

  /**
   * How many files a split has.
   *
   * @throws IOException when the source, which is named in the message, is not divided
   */
  long count(Split split, String source) throws IOException {
    if (split != Split.ALL && !divided()) {
      throw new IOException(
          source
              + " has no split "
              + split
              + ": that takes the sub-folders train and test at its root; choose split all");
    }
    return switch (split) {
      case ALL -> files.all();
      case TRAIN -> files.train();
      case TEST -> files.test();
    };
  }

  /** Whether a file belongs to a split. */
  boolean contains(Split split, Optional<EntryPath> legalPath) {
    return split == Split.ALL
        || legalPath.filter(path -> isBelow(path, splitDepth, split)).isPresent();
  }

  /** The class of a file: the folder that it lies in, unless that is the root or a split. */
  Optional<String> label(EntryPath path) {
    boolean directlyInSplit =
        divided()
            && path.names().size() == splitDepth + 2
            && (isBelow(path, splitDepth, Split.TRAIN) || isBelow(path, splitDepth, Split.TEST));
    return directlyInSplit ? Optional.empty() : path.parent();
  }
}
