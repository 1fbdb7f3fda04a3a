package io.viewstream.trainer.evaluate;

import java.nio.ByteBuffer;

/** A network that makes one row of features of each image. One thread at a time. */
public interface FeatureEncoder extends AutoCloseable {

  /** What it must be given of an image. */
  ImagePreparation preparation();

  /** Features of one image. */
  int featureCount();

  /**
   * Features of a batch.
   *
   * @param images direct, native byte order: float32 (count, 3, side, side) as {@link
   *     #preparation()} says
   * @param count how many, at least 1
   * @return row-major (count, {@link #featureCount()})
   */
  float[] features(ByteBuffer images, int count);

  @Override
  void close();
}
