package io.viewstream.trainer.similarity;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.trainer.evaluate.EvaluationException;
import io.viewstream.trainer.evaluate.FeatureEncoder;
import io.viewstream.trainer.evaluate.FeatureExtractor;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Compares two encoders on images.
 *
 * @param batchSize images that an encoder is given together, at least 1
 */
public record SimilarityMeasurement(int batchSize) {

  /** Below this CKA says nothing. */
  private static final int FEWEST_IMAGES = 3;

  /**
   * What came out.
   *
   * @param similarity of the two
   * @param images that were compared
   * @param leftOut files that are no images that can be decoded
   */
  public record Outcome(Similarity similarity, long images, long leftOut) {}

  /**
   * Runs both over the same images; each is prepared for an encoder as that one wants it.
   *
   * @param encoder borrowed
   * @param reference borrowed
   * @param progress is told, after each batch, how many images are done
   * @throws EvaluationException if the images cannot be read or there are none
   * @throws SimilarityException if there are too few images, or an encoder makes the same of all
   */
  public Outcome run(
      FeatureEncoder encoder, FeatureEncoder reference, ImageSource source, LongConsumer progress) {
    PairedFeatures features = new PairedFeatures(encoder.featureCount(), reference.featureCount());
    FeatureExtractor.Extent extent =
        new FeatureExtractor(List.of(encoder, reference), batchSize)
            .forEach(
                source,
                batch -> {
                  features.add(
                      doubles(batch.features().getFirst()),
                      doubles(batch.features().getLast()),
                      batch.images().size());
                  progress.accept(features.count());
                });
    if (extent.images() < FEWEST_IMAGES) {
      throw new SimilarityException(
          "%s has %d images; at least %d are needed to compare encoders"
              .formatted(source.name(), extent.images(), FEWEST_IMAGES));
    }
    try {
      return new Outcome(features.compare(), extent.images(), extent.leftOut());
    } catch (IllegalStateException e) {
      throw new SimilarityException(String.valueOf(e.getMessage()), e);
    }
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
