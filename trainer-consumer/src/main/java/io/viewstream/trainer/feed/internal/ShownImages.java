package io.viewstream.trainer.feed.internal;

import io.viewstream.imaging.augment.CounterRandom;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.trainer.feed.Horizon;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.RecordTimes;
import io.viewstream.trainer.feed.SettledImages;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;

/**
 * What a horizon shows of an index: which record speaks for each image, and which of its views
 * count. Nothing may be added to the index while it is asked.
 */
final class ShownImages {

  private final ImageIndex index;
  private final VisibleOffsets sourceOffsets;
  private final VisibleOffsets viewOffsets;

  ShownImages(ImageIndex index, Horizon horizon) {
    this.index = index;
    this.sourceOffsets = VisibleOffsets.of(horizon.sourceImages());
    this.viewOffsets = VisibleOffsets.of(horizon.syntheticViews());
  }

  /**
   * All of it, in the order of the hashes of ids.
   *
   * @param runs whose views count
   * @param reader finds the frame at a location, for as long as the snapshot is in use
   */
  PoolSnapshot snapshot(List<String> runs, LongFunction<Frame> reader) {
    int[] winners = new int[index.images()];
    HashOrder order = order(winners);
    int[] images = order.images();
    long[] sources = new long[images.length];
    long[] digests = new long[images.length];
    long[] millis = new long[images.length];
    // A loop of its own, in which no step waits for another: memory is read all over the index.
    for (int i = 0; i < images.length; i++) {
      int winner = winners[images[i]];
      sources[i] = index.locationOfSource(winner);
      digests[i] = index.digestOfSource(winner);
      millis[i] = index.timestampOfSource(winner);
    }
    int[] firstView = new int[images.length + 1];
    LongColumn views = new LongColumn();
    int[] ranks = ranks(runs);
    ViewList found = new ViewList();
    long contentHash = 0;
    for (int i = 0; i < images.length; i++) {
      if (!runs.isEmpty()) {
        index.views(images[i], winners[images[i]], ranks, sourceOffsets, viewOffsets, found);
      }
      for (int view = 0; view < found.size(); view++) {
        views.add(found.location(view));
      }
      firstView[i + 1] = views.size();
      contentHash = CounterRandom.key(contentHash, order.hashes()[i]);
      contentHash = CounterRandom.key(contentHash, digests[i]);
      contentHash = CounterRandom.key(contentHash, found.size());
    }
    return new PoolSnapshot(
        order.hashes(),
        sources,
        firstView,
        views.toArray(),
        contentHash,
        RecordTimes.of(millis),
        reader);
  }

  /**
   * The images that a horizon shows, by the hashes of their ids; of equal hashes by the ids.
   *
   * @param winners gets for each image of the index the record that speaks for it, or -1
   */
  private HashOrder order(int[] winners) {
    int[] images = new int[winners.length];
    long[] hashes = new long[winners.length];
    int count = 0;
    for (int image = 0; image < winners.length; image++) {
      winners[image] = index.winner(image, sourceOffsets);
      if (winners[image] >= 0) {
        hashes[count] = index.hash(image);
        images[count++] = image;
      }
    }
    return HashOrder.of(
        Arrays.copyOf(hashes, count),
        Arrays.copyOf(images, count),
        Comparator.comparing(index::imageId));
  }

  /** How many of the shown images are settled for the given runs. */
  SettledImages settled(List<GenerationRun> runs) {
    int[] ranks = ranks(runs.stream().map(GenerationRun::getRun).toList());
    ViewList found = new ViewList();
    int images = 0;
    int withViews = 0;
    int deadLettered = 0;
    for (int image = 0; image < index.images(); image++) {
      int winner = index.winner(image, sourceOffsets);
      if (winner < 0) {
        continue;
      }
      images++;
      index.views(image, winner, ranks, sourceOffsets, viewOffsets, found);
      int complete = 0;
      int givenUp = 0;
      for (int rank = 0; rank < runs.size(); rank++) {
        GenerationRun run = runs.get(rank);
        if (found.countOfRank(rank) >= run.getViewsPerImage()) {
          complete++;
        } else if (index.gaveUp(image, winner, index.runNumber(run.getRun()))) {
          givenUp++;
        }
      }
      withViews += complete == runs.size() ? 1 : 0;
      deadLettered += complete < runs.size() && complete + givenUp == runs.size() ? 1 : 0;
    }
    return new SettledImages(images, withViews, deadLettered);
  }

  /** For each run of the index its place among the chosen ones, or -1. */
  private int[] ranks(List<String> chosen) {
    int[] ranks = new int[index.runs()];
    Arrays.fill(ranks, -1);
    for (int rank = 0; rank < chosen.size(); rank++) {
      int number = index.runNumber(chosen.get(rank));
      if (number >= 0) {
        ranks[number] = rank;
      }
    }
    return ranks;
  }
}
