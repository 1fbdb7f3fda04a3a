package io.viewstream.trainer.feed.internal;

import io.viewstream.imaging.augment.CounterRandom;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.Pairing;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.StoredImage;
import java.util.HashMap;
import java.util.Map;

/**
 * Which image of a snapshot lends another its views. A function of the snapshot, the pairing and
 * the key alone. Immutable; any thread may use it.
 */
final class Partners {

  /** No image can be the partner. */
  static final int NONE = -1;

  private final Pairing pairing;
  private final PoolSnapshot snapshot;

  /** For the pairing by class, else empty: the images of each class in ascending order. */
  private final int[][] members;

  private final int[] classOf;

  /** Place of each image among the members of its class. */
  private final int[] placeOf;

  private Partners(
      Pairing pairing, PoolSnapshot snapshot, int[][] members, int[] classOf, int[] placeOf) {
    this.pairing = pairing;
    this.snapshot = snapshot;
    this.members = members;
    this.classOf = classOf;
    this.placeOf = placeOf;
  }

  /**
   * The partners in a snapshot. For the pairing by class the labels of all images are read.
   *
   * @throws FeedException if an image has no label and needs one
   */
  static Partners of(Pairing pairing, PoolSnapshot snapshot) {
    return switch (pairing) {
      case OWN, OTHER_IMAGE ->
          new Partners(pairing, snapshot, new int[0][], new int[0], new int[0]);
      case SAME_CLASS -> ofClasses(pairing, snapshot);
    };
  }

  private static Partners ofClasses(Pairing pairing, PoolSnapshot snapshot) {
    int[] classOf = new int[snapshot.size()];
    int[] placeOf = new int[snapshot.size()];
    int[] sizes = new int[snapshot.size()];
    Map<String, Integer> classes = new HashMap<>();
    for (int image = 0; image < classOf.length; image++) {
      StoredImage source = snapshot.source(image);
      String label = source.label();
      if (label == null) {
        throw new FeedException(
            "The pairing same-class needs labels, and the image '%s' has none; ingest images from a folder for each class, or use the pairing own"
                .formatted(source.imageId()));
      }
      int index = classes.computeIfAbsent(label, name -> classes.size());
      classOf[image] = index;
      placeOf[image] = sizes[index]++;
    }
    int[][] members = new int[classes.size()][];
    for (int index = 0; index < members.length; index++) {
      members[index] = new int[sizes[index]];
    }
    for (int image = 0; image < classOf.length; image++) {
      members[classOf[image]][placeOf[image]] = image;
    }
    return new Partners(pairing, snapshot, members, classOf, placeOf);
  }

  /**
   * The image whose picture an image gets.
   *
   * @param key names image, epoch and seed
   * @return a position in the snapshot, or {@link #NONE}
   */
  int partner(int image, long key) {
    return switch (pairing) {
      case OWN -> image;
      case OTHER_IMAGE -> other(key, image, snapshot.size());
      case SAME_CLASS -> {
        int[] same = members[classOf[image]];
        int place = other(key, placeOf[image], same.length);
        yield place == NONE ? NONE : same[place];
      }
    };
  }

  /** Any of so many but one, with equal chance. */
  private static int other(long key, int self, int count) {
    if (count < 2) {
      return NONE;
    }
    int drawn = CounterRandom.below(key, 0, count - 1);
    return drawn >= self ? drawn + 1 : drawn;
  }

  /** How many pictures a partner lends. */
  int available(int partner) {
    if (partner == NONE) {
      return 0;
    }
    return switch (pairing) {
      case OWN, OTHER_IMAGE -> snapshot.viewCount(partner);
      case SAME_CLASS -> 1;
    };
  }

  /** One of the pictures that a partner lends. */
  StoredImage picture(int partner, int index) {
    return switch (pairing) {
      case OWN, OTHER_IMAGE -> snapshot.view(partner, index);
      case SAME_CLASS -> snapshot.source(partner);
    };
  }
}
