package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.Augmentation;
import io.viewstream.imaging.augment.AugmentationParameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The images that wait for one encoder. Owned by one {@link FeatureExtractor}. */
final class EncoderBatch {

  private final FeatureEncoder encoder;
  private final ImagePreparation preparation;
  private final Augmentation augmentation;
  private final ByteBuffer values;

  /**
   * Room for so many images.
   *
   * @param encoder borrowed
   * @throws EvaluationException if they do not fit into one buffer
   */
  EncoderBatch(FeatureEncoder encoder, int batchSize) {
    this.encoder = encoder;
    this.preparation = encoder.preparation();
    int resolution = preparation.resolution();
    long bytes = (long) batchSize * preparation.size() * Float.BYTES;
    if (bytes > Integer.MAX_VALUE) {
      throw new EvaluationException(
          "A batch of %d images of %d px takes %d bytes, above the limit of %d; take a smaller one"
              .formatted(batchSize, resolution, bytes, Integer.MAX_VALUE));
    }
    this.augmentation = new Augmentation(resolution, resolution, preparation.normalisation());
    this.values = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  /** Puts an image in its place, seen as a rule says. */
  void write(RgbImage image, FeatureExtractor.ViewRule rule, long index, int position) {
    AugmentationParameters view = rule.viewOf(image, preparation.crop(), index);
    augmentation.apply(image, view, values.asFloatBuffer(), position * preparation.size());
  }

  /** Features of the first images, row-major. */
  float[] features(int count) {
    ByteBuffer part = values.slice(0, count * preparation.size() * Float.BYTES);
    return encoder.features(part.order(ByteOrder.nativeOrder()), count);
  }
}
