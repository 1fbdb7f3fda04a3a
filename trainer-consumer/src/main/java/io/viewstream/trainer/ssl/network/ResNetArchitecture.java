package io.viewstream.trainer.ssl.network;

import java.util.List;

/**
 * What a residual network looks like.
 *
 * @param depth 18, 34 or 50 layers
 * @param stem how it begins
 * @param width channels of the first stage; 64 in the paper, doubled at each of the three later
 *     stages
 */
public record ResNetArchitecture(Depth depth, Stem stem, int width) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the width is not in 1..1024
   */
  public ResNetArchitecture {
    if (width < 1 || width > 1024) {
      throw new IllegalArgumentException(
          "The width of the backbone is %d; it must be in 1..1024 (64 is the usual one)"
              .formatted(width));
    }
  }

  /** The number of features that the backbone gives for an image. */
  public int featureCount() {
    return 8 * width * depth.expansion;
  }

  /**
   * Checks that images of this size can pass the stem.
   *
   * @param resolution side of the square images in pixels
   * @throws IllegalArgumentException if it is too small
   */
  public void requireResolution(int resolution) {
    if (resolution < stem.minResolution) {
      throw new IllegalArgumentException(
          "A resolution of %d px is too small for the %s stem, which divides it by %d; use at least %d px%s"
              .formatted(
                  resolution,
                  stem.name().toLowerCase(java.util.Locale.ROOT),
                  stem.minResolution,
                  stem.minResolution,
                  stem == Stem.IMAGENET ? " or the cifar stem" : ""));
    }
  }

  /** The numbers of blocks of He et al. 2015, table 1. */
  public enum Depth {
    /** Basic blocks 2-2-2-2. */
    RESNET18(List.of(2, 2, 2, 2), 1),
    /** Basic blocks 3-4-6-3. */
    RESNET34(List.of(3, 4, 6, 3), 1),
    /** Bottleneck blocks 3-4-6-3. */
    RESNET50(List.of(3, 4, 6, 3), 4);

    private final List<Integer> blocks;
    private final int expansion;

    Depth(List<Integer> blocks, int expansion) {
      this.blocks = blocks;
      this.expansion = expansion;
    }

    List<Integer> blocks() {
      return blocks;
    }

    int expansion() {
      return expansion;
    }
  }

  /** The layers before the residual blocks. */
  public enum Stem {
    /**
     * A 3×3 convolution of stride 1 and no pooling, for images of 32 px or so (SimCLR, appendix
     * B.9).
     */
    CIFAR(8),
    /** A 7×7 convolution of stride 2 and a 3×3 maximum of stride 2. */
    IMAGENET(32);

    private final int minResolution;

    Stem(int minResolution) {
      this.minResolution = minResolution;
    }

    /** The smallest side of an image, in pixels, that is still one position at the end. */
    public int minResolution() {
      return minResolution;
    }
  }
}
