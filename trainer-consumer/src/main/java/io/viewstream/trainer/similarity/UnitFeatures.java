package io.viewstream.trainer.similarity;

import io.viewstream.trainer.evaluate.FeatureEncoder;
import io.viewstream.trainer.evaluate.ImagePreparation;
import java.nio.ByteBuffer;

/**
 * Another encoder's features, divided by their Euclidean length; those of length 0 stay.
 *
 * @param encoder owned
 */
record UnitFeatures(FeatureEncoder encoder) implements FeatureEncoder {

  @Override
  public ImagePreparation preparation() {
    return encoder.preparation();
  }

  @Override
  public int featureCount() {
    return encoder.featureCount();
  }

  @Override
  public float[] features(ByteBuffer images, int count) {
    float[] features = encoder.features(images, count);
    int dimension = featureCount();
    for (int row = 0; row < count; row++) {
      double squares = 0;
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        squares += (double) features[i] * features[i];
      }
      double length = squares == 0 ? 1 : Math.sqrt(squares);
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        features[i] = (float) (features[i] / length);
      }
    }
    return features;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
