package io.viewstream.trainer.similarity;

import io.viewstream.trainer.similarity.internal.DenseMatrix;
import java.util.Arrays;

/**
 * Two encoders' features of the same images, as what is needed to compare them: three matrices of
 * sums of products in float64, whose size depends on the number of features, not of images. Sums
 * are taken of differences from the first image's features, so that little is lost where features
 * are far from 0. Not thread-safe.
 */
public final class PairedFeatures {

  private final int leftDimension;
  private final int rightDimension;
  private final DenseMatrix leftProducts;
  private final DenseMatrix rightProducts;
  private final DenseMatrix crossProducts;
  private final double[] leftSums;
  private final double[] rightSums;
  private double[] leftShift = new double[0];
  private double[] rightShift = new double[0];
  private long count;
  private boolean compared;

  /**
   * No images yet.
   *
   * @param leftDimension features of an image by the first encoder
   * @param rightDimension by the second
   */
  public PairedFeatures(int leftDimension, int rightDimension) {
    this.leftDimension = leftDimension;
    this.rightDimension = rightDimension;
    this.leftProducts = new DenseMatrix(leftDimension, leftDimension);
    this.rightProducts = new DenseMatrix(rightDimension, rightDimension);
    this.crossProducts = new DenseMatrix(leftDimension, rightDimension);
    this.leftSums = new double[leftDimension];
    this.rightSums = new double[rightDimension];
  }

  /**
   * Adds images.
   *
   * @param left row-major (images, features of the first encoder)
   * @param right row-major (images, features of the second), in the same order
   * @param images at least 1
   */
  public void add(double[] left, double[] right, int images) {
    requireOpen();
    if (count == 0) {
      leftShift = Arrays.copyOf(left, leftDimension);
      rightShift = Arrays.copyOf(right, rightDimension);
    }
    double[] shiftedLeft = shifted(left, leftShift, leftSums);
    double[] shiftedRight = shifted(right, rightShift, rightSums);
    leftProducts.addTransposedProduct(shiftedLeft, shiftedLeft, images);
    rightProducts.addTransposedProduct(shiftedRight, shiftedRight, images);
    crossProducts.addTransposedProduct(shiftedLeft, shiftedRight, images);
    count += images;
  }

  /** Images so far. */
  public long count() {
    return count;
  }

  /**
   * Compares, when all images were added; can be done once.
   *
   * @throws IllegalStateException if there are no images, or one encoder's features are the same
   *     for all images
   */
  public Similarity compare() {
    requireOpen();
    compared = true;
    centre(leftProducts, leftSums, leftSums);
    centre(rightProducts, rightSums, rightSums);
    centre(crossProducts, leftSums, rightSums);
    double leftSquares = leftProducts.trace();
    double rightSquares = rightProducts.trace();
    if (!Double.isFinite(leftSquares) || !Double.isFinite(rightSquares)) {
      throw new IllegalStateException(
          "The %s encoder gives features that are no finite numbers"
              .formatted(Double.isFinite(leftSquares) ? "second" : "first"));
    }
    if (!(leftSquares > 0) || !(rightSquares > 0)) {
      throw new IllegalStateException(
          "The %s encoder gives the same features for all %d images, so there is nothing to compare"
              .formatted(leftSquares > 0 ? "second" : "first", count));
    }
    double cross = crossProducts.frobeniusNorm();
    double alignment = cross * cross / leftProducts.frobeniusNorm() / rightProducts.frobeniusNorm();
    double distance = 2 - 2 * crossProducts.nuclearNorm() / Math.sqrt(leftSquares * rightSquares);
    // Rounding can lead just outside.
    return new Similarity(Math.clamp(alignment, 0, 1), Math.clamp(distance, 0, 2));
  }

  private void requireOpen() {
    if (compared) {
      throw new IllegalStateException("The features were compared already");
    }
  }

  private void centre(DenseMatrix products, double[] left, double[] right) {
    products.subtractOuterProduct(1.0 / count, left, right);
  }

  private static double[] shifted(double[] rows, double[] shift, double[] sums) {
    double[] shifted = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int feature = i % shift.length;
      shifted[i] = rows[i] - shift[feature];
      sums[feature] += shifted[i];
    }
    return shifted;
  }
}
