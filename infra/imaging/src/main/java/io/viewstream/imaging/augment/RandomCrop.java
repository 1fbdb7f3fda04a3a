package io.viewstream.imaging.augment;

/**
 * Draws the box of a random resized crop (Szegedy et al. 2015, as in torchvision): an area uniform
 * in the range of scales, a ratio of width to height uniform in its logarithm, a position uniform
 * among those that fit. What does not fit is drawn again, ten times at most; then the crop is the
 * largest centred box of the nearest allowed ratio.
 */
final class RandomCrop {

  private static final int TRIES = 10;
  private static final int DRAWS_PER_TRY = 4;
  private static final double MIN_LOG_RATIO = StrictMath.log(ViewAugmentation.MIN_CROP_RATIO);
  private static final double MAX_LOG_RATIO = StrictMath.log(ViewAugmentation.MAX_CROP_RATIO);

  /** How many draws of the key this function may take, from the first. */
  static final int DRAWS = TRIES * DRAWS_PER_TRY;

  private RandomCrop() {}

  static CropBox draw(ViewAugmentation settings, long key, int width, int height) {
    double area = (double) width * height;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int draw = attempt * DRAWS_PER_TRY;
      double cropArea =
          area * CounterRandom.uniform(key, draw, settings.minCropScale(), settings.maxCropScale());
      // StrictMath: the same box on every machine, which the JDK's intrinsics do not promise.
      double ratio =
          StrictMath.exp(CounterRandom.uniform(key, draw + 1, MIN_LOG_RATIO, MAX_LOG_RATIO));
      int cropWidth = (int) Math.rint(Math.sqrt(cropArea * ratio));
      int cropHeight = (int) Math.rint(Math.sqrt(cropArea / ratio));
      if (cropWidth > 0 && cropWidth <= width && cropHeight > 0 && cropHeight <= height) {
        int top = CounterRandom.below(key, draw + 2, height - cropHeight + 1);
        int left = CounterRandom.below(key, draw + 3, width - cropWidth + 1);
        return new CropBox(left, top, cropWidth, cropHeight);
      }
    }
    return centred(width, height);
  }

  private static CropBox centred(int width, int height) {
    double ratio = (double) width / height;
    int cropWidth = width;
    int cropHeight = height;
    if (ratio < ViewAugmentation.MIN_CROP_RATIO) {
      cropHeight = Math.min(height, (int) Math.rint(width / ViewAugmentation.MIN_CROP_RATIO));
    } else if (ratio > ViewAugmentation.MAX_CROP_RATIO) {
      cropWidth = Math.min(width, (int) Math.rint(height * ViewAugmentation.MAX_CROP_RATIO));
    }
    return new CropBox((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight);
  }
}
