package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.GaussianNoise;
import io.viewstream.generators.internal.RandomStream;
import io.viewstream.generators.internal.diffusion.EmbeddingNoise;
import io.viewstream.generators.internal.diffusion.NoiseSchedule;
import io.viewstream.imaging.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Image variations by Stable Diffusion unCLIP: a CLIP embedding of the source with a little noise
 * on it is the condition under which a latent image is denoised, which a decoder turns into pixels.
 *
 * <p>R. Rombach, A. Blattmann, D. Lorenz, P. Esser, B. Ommer, "High-resolution image synthesis with
 * latent diffusion models", CVPR 2022; A. Ramesh, P. Dhariwal, A. Nichol, C. Chu, M. Chen,
 * "Hierarchical text-conditional image generation with CLIP latents", arXiv 2204.06125; guidance by
 * J. Ho, T. Salimans, "Classifier-free diffusion guidance", arXiv 2207.12598.
 *
 * <p>The noise of a view is that of its embedding, from stream 0 of its seed, followed by the
 * latent image that denoising begins with, from stream 1.
 */
final class UnclipModel implements ViewModel {

  private static final long EMBEDDING_STREAM = 0;
  private static final long LATENT_STREAM = 1;

  private final UnclipSettings settings;
  private final int embeddingDimension;
  private final ImagePreprocessor preprocessor;
  private final ImageEncoder encoder;
  private final UnclipNetworks networks;
  private final EmbeddingNoise embeddingNoise;
  private final int[] timesteps;

  private UnclipModel(
      Manifest manifest, UnclipSettings settings, ImageEncoder encoder, UnclipNetworks networks) {
    this.settings = settings;
    this.embeddingDimension = manifest.encoder().embeddingDimension();
    this.preprocessor = new ImagePreprocessor(manifest.encoder(), ImagePreprocessor.Crop.CLIP);
    this.encoder = encoder;
    this.networks = networks;
    this.embeddingNoise =
        new EmbeddingNoise(
            NoiseSchedule.squaredCosine(UnclipSettings.NOISE_TIMESTEPS),
            networks.constants().embeddingMean().numbers(),
            networks.constants().embeddingDeviation().numbers());
    this.timesteps = settings.sampler().timesteps(settings.steps());
  }

  /**
   * Checks the networks of a package and loads them.
   *
   * @throws InvalidPackageException with one line that names file and tensor
   */
  static UnclipModel open(ModelPackage modelPackage, UnclipSettings settings, String engine) {
    ImageEncoder.check(modelPackage);
    UnclipNetworks networks = UnclipNetworks.open(modelPackage, settings, engine);
    try {
      ImageEncoder encoder = ImageEncoder.open(modelPackage, engine);
      return new UnclipModel(modelPackage.manifest(), settings, encoder, networks);
    } catch (RuntimeException e) {
      networks.close();
      throw e;
    }
  }

  @Override
  public float[] preprocess(RgbImage source) {
    return preprocessor.apply(source);
  }

  @Override
  public List<float[]> embed(List<float[]> images, int batch) {
    return encoder.embed(images, batch);
  }

  @Override
  public float[] noise(long seed) {
    float[] noise = new float[noiseLength()];
    GaussianNoise.fill(new RandomStream(seed, EMBEDDING_STREAM), noise, 0, embeddingDimension);
    GaussianNoise.fill(
        new RandomStream(seed, LATENT_STREAM),
        noise,
        embeddingDimension,
        noise.length - embeddingDimension);
    return noise;
  }

  @Override
  public int noiseLength() {
    return embeddingDimension + networks.latentLength();
  }

  @Override
  public List<float[]> sample(List<float[]> embeddings, List<float[]> noise, int batch) {
    List<float[]> conditions = conditions(embeddings, noise);
    List<float[]> latents = latents(noise);
    for (int timestep : timesteps) {
      List<float[]> predictions = predict(latents, conditions, timestep, batch);
      for (int row = 0; row < latents.size(); row++) {
        latents.set(
            row,
            settings
                .sampler()
                .step(latents.get(row), predictions.get(row), timestep, settings.steps())
                .previous());
      }
    }
    for (float[] latent : latents) {
      for (int i = 0; i < latent.length; i++) {
        latent[i] = (float) (latent[i] / settings.scalingFactor());
      }
    }
    return networks.decode(latents, batch);
  }

  /** One call of the denoising network and one of the decoder, both on noise. */
  @Override
  public List<float[]> probe(List<float[]> embeddings, List<float[]> noise, int batch) {
    List<float[]> latents = latents(noise);
    List<float[]> predictions =
        predict(latents, conditions(embeddings, noise), timesteps[0], batch);
    List<float[]> decoded = networks.decode(latents, batch);
    List<float[]> outputs = new ArrayList<>(latents.size());
    for (int row = 0; row < latents.size(); row++) {
      float[] prediction = predictions.get(row);
      float[] pixels = decoded.get(row);
      float[] both = Arrays.copyOf(prediction, prediction.length + pixels.length);
      System.arraycopy(pixels, 0, both, prediction.length, pixels.length);
      outputs.add(both);
    }
    return outputs;
  }

  private List<float[]> conditions(List<float[]> embeddings, List<float[]> noise) {
    List<float[]> conditions = new ArrayList<>(embeddings.size());
    for (int row = 0; row < embeddings.size(); row++) {
      conditions.add(
          embeddingNoise.condition(
              embeddings.get(row),
              Arrays.copyOf(noise.get(row), embeddingDimension),
              settings.noiseLevel()));
    }
    return conditions;
  }

  private List<float[]> latents(List<float[]> noise) {
    List<float[]> latents = new ArrayList<>(noise.size());
    for (float[] numbers : noise) {
      latents.add(Arrays.copyOfRange(numbers, embeddingDimension, numbers.length));
    }
    return latents;
  }

  /**
   * The prediction that goes into a step. With guidance a call has twice the batch: the first half
   * under no condition, the second under its own, and what the condition changes is multiplied.
   */
  private List<float[]> predict(
      List<float[]> latents, List<float[]> conditions, int timestep, int batch) {
    if (settings.guidance() == 1) {
      return networks.predict(latents, conditions, timestep, batch);
    }
    int count = latents.size();
    List<float[]> padding = Collections.nCopies(batch - count, new float[networks.latentLength()]);
    List<float[]> bothLatents = new ArrayList<>(2 * batch);
    bothLatents.addAll(latents);
    bothLatents.addAll(padding);
    bothLatents.addAll(latents);
    List<float[]> bothConditions =
        new ArrayList<>(Collections.nCopies(batch, new float[2 * embeddingDimension]));
    bothConditions.addAll(conditions);
    List<float[]> both = networks.predict(bothLatents, bothConditions, timestep, 2 * batch);
    List<float[]> guided = new ArrayList<>(count);
    for (int row = 0; row < count; row++) {
      guided.add(guide(both.get(row), both.get(batch + row)));
    }
    return guided;
  }

  private float[] guide(float[] without, float[] with) {
    float[] guided = new float[with.length];
    for (int i = 0; i < guided.length; i++) {
      guided[i] = (float) (without[i] + settings.guidance() * ((double) with[i] - without[i]));
    }
    return guided;
  }

  @Override
  public int side() {
    return settings.decodedResolution();
  }

  @Override
  public void close() {
    try (encoder) {
      networks.close();
    }
  }
}
