package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.RgbImage;
import java.util.List;

/**
 * What one kind of generator computes: a source becomes features, features and noise become a view.
 * Batches, padding and checks are {@link ModelGenerator}'s.
 *
 * <p>One thread at a time may call it.
 */
sealed interface ViewModel extends AutoCloseable permits IcganModel, UnclipModel {

  /**
   * Checks the networks of a package and loads them.
   *
   * @param engine as DJL names it
   * @throws InvalidPackageException with one line that names file and tensor
   */
  static ViewModel open(ModelPackage modelPackage, String engine) {
    return switch (modelPackage.manifest().kind()) {
      case IcganSettings settings -> IcganModel.open(modelPackage, settings, engine);
      case UnclipSettings settings -> UnclipModel.open(modelPackage, settings, engine);
    };
  }

  /** A source as the encoder takes it: planes in row-major order. */
  float[] preprocess(RgbImage source);

  /**
   * Features of preprocessed images.
   *
   * @param batch of the call, at least the number of images; the rest is padding
   */
  List<float[]> embed(List<float[]> images, int batch);

  /** All random numbers of a view. */
  float[] noise(long seed);

  /** How many numbers {@link #noise} gives. */
  int noiseLength();

  /**
   * Views of features and noise.
   *
   * @param embeddings what {@link #embed} gave
   * @param noise as many as embeddings
   * @param batch of the call, at least the number of embeddings; the rest is padding
   * @return planes of {@link #side}² pixels per view, in [−1, 1] if the networks behave
   */
  List<float[]> sample(List<float[]> embeddings, List<float[]> noise, int batch);

  /**
   * Outputs of every network behind the encoder in one short pass, to compare engines and batch
   * sizes by. Parameters are those of {@link #sample}.
   */
  List<float[]> probe(List<float[]> embeddings, List<float[]> noise, int batch);

  /** Side in pixels of what {@link #sample} gives. */
  int side();

  @Override
  void close();
}
