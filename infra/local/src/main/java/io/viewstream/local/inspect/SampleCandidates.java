package io.viewstream.local.inspect;

import io.viewstream.schemas.SourceImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Chooses some images while all go by: those whose ids have the lowest hashes, so that the choice
 * depends neither on order nor on partitions and mixes the classes. Used by one thread.
 */
final class SampleCandidates {

  /** More than are asked for, since some may be withdrawn later. */
  private static final int SPARE = 64;

  private final int wanted;
  private final TreeMap<Rank, SourceImage> candidates = new TreeMap<>();

  /** The place of an image id in the order of the choice. */
  private record Rank(long hash, String imageId) implements Comparable<Rank> {
    static Rank of(String imageId) {
      CRC32C crc = new CRC32C();
      crc.update(imageId.getBytes(StandardCharsets.UTF_8));
      return new Rank(crc.getValue(), imageId);
    }

    @Override
    public int compareTo(Rank other) {
      int byHash = Long.compare(hash, other.hash);
      return byHash == 0 ? imageId.compareTo(other.imageId) : byHash;
    }
  }

  SampleCandidates(int wanted) {
    this.wanted = wanted;
  }

  /** A record of an image: it replaces an older one of the same id. */
  void offer(SourceImage image) {
    candidates.put(Rank.of(image.getImageId()), image);
    if (candidates.size() > wanted + SPARE) {
      candidates.pollLastEntry();
    }
  }

  /** The image was withdrawn. */
  void withdraw(String imageId) {
    candidates.remove(Rank.of(imageId));
  }

  /** The choice, in the order of labels and ids. */
  List<SourceImage> chosen() {
    List<SourceImage> images = new ArrayList<>(candidates.values().stream().limit(wanted).toList());
    images.sort(
        Comparator.comparing((SourceImage image) -> String.valueOf(image.getLabel()))
            .thenComparing(SourceImage::getImageId));
    return images;
  }
}
