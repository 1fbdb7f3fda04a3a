package io.viewstream.imaging.augment;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A named pair of settings, one for each view of an image.
 *
 * <p>The first three are those of solo-learn's configurations of the same names, which the paper of
 * GenerativeSSL uses. {@code cifar} is for images of 32 pixels: half of SimCLR's colour strength
 * and no blur (SimCLR, appendix B.9), and crops of at least a fifth of the area. {@code cifar-weak}
 * is meant for generated views, which need less of it (Wang et al. 2024, Do Generated Data Always
 * Help Contrastive Learning?): colours change half as often and half as far, and a crop keeps at
 * least three tenths.
 *
 * @param name as users write it
 * @param first settings of the first view
 * @param second settings of the second view
 */
public record AugmentationSet(String name, ViewAugmentation first, ViewAugmentation second) {

  /** SimCLR's: strong colours, half of the views blurred. */
  public static final AugmentationSet SYMMETRIC =
      symmetric("symmetric", new ColorJitter(0.8, 0.8, 0.8, 0.8, 0.2), 0.08, 0.5);

  /** MoCo v2's: as {@link #SYMMETRIC} with half the colour strength. */
  public static final AugmentationSet SYMMETRIC_WEAK =
      symmetric("symmetric-weak", new ColorJitter(0.8, 0.4, 0.4, 0.4, 0.1), 0.08, 0.5);

  /** BYOL's, also of SimSiam and Barlow Twins: the first view blurred, the second solarised. */
  public static final AugmentationSet ASYMMETRIC =
      new AugmentationSet(
          "asymmetric",
          view(new ColorJitter(0.8, 0.4, 0.4, 0.2, 0.1), 0.08, 1.0, 0.0),
          view(new ColorJitter(0.8, 0.4, 0.4, 0.2, 0.1), 0.08, 0.1, 0.2));

  /** For images of 32 x 32 pixels. */
  public static final AugmentationSet CIFAR =
      symmetric("cifar", new ColorJitter(0.8, 0.4, 0.4, 0.4, 0.1), 0.2, 0.0);

  /** Weaker than {@link #CIFAR}, for generated views of 32 x 32 pixels. */
  public static final AugmentationSet CIFAR_WEAK =
      symmetric("cifar-weak", new ColorJitter(0.4, 0.2, 0.2, 0.2, 0.05), 0.3, 0.0);

  /** All sets that have a name. */
  public static final List<AugmentationSet> ALL =
      List.of(SYMMETRIC, SYMMETRIC_WEAK, ASYMMETRIC, CIFAR, CIFAR_WEAK);

  /**
   * The set of that name.
   *
   * @throws IllegalArgumentException naming the known sets if there is none
   */
  public static AugmentationSet named(String name) {
    for (AugmentationSet set : ALL) {
      if (set.name.equals(name)) {
        return set;
      }
    }
    throw new IllegalArgumentException(
        "No augmentation set is named '"
            + name
            + "'; there are "
            + ALL.stream().map(AugmentationSet::name).collect(Collectors.joining(", ")));
  }

  /** The same with another range of crop scales in both views. */
  public AugmentationSet withCropScale(double min, double max) {
    return new AugmentationSet(name, first.withCropScale(min, max), second.withCropScale(min, max));
  }

  private static AugmentationSet symmetric(
      String name, ColorJitter jitter, double minCropScale, double blurProbability) {
    ViewAugmentation both = view(jitter, minCropScale, blurProbability, 0.0);
    return new AugmentationSet(name, both, both);
  }

  private static ViewAugmentation view(
      ColorJitter jitter, double minCropScale, double blurProbability, double solariseProbability) {
    return new ViewAugmentation(
        minCropScale, 1.0, 0.5, jitter, 0.2, blurProbability, solariseProbability);
  }
}
