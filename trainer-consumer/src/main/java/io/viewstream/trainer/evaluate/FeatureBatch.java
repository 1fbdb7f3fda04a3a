package io.viewstream.trainer.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * Some images with what each encoder made of them.
 *
 * @param images in the order of the source
 * @param features of each encoder, row-major (images, its features)
 */
public record FeatureBatch(List<Image> images, List<float[]> features) {

  /** Copies the lists; the rows are shared. */
  public FeatureBatch {
    images = List.copyOf(images);
    features = List.copyOf(features);
  }

  /**
   * An image of a source.
   *
   * @param path inside the source
   * @param label its class, where the source has classes
   */
  public record Image(String path, Optional<String> label) {}
}
