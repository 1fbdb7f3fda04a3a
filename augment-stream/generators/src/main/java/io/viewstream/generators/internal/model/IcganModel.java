package io.viewstream.generators.internal.model;

import ai.djl.ndarray.types.Shape;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.GaussianNoise;
import io.viewstream.generators.internal.RandomStream;
import io.viewstream.imaging.RgbImage;
import java.util.List;

/**
 * An instance-conditioned generator: a frozen encoder gives features of the source, and the
 * generator turns features and noise into a view. A. Casanova, M. Careil, J. Verbeek, M. Drozdzal,
 * A. Romero-Soriano, "Instance-Conditioned GAN", NeurIPS 2021.
 *
 * <p>The networks of a package of the kind {@code icgan}, in one engine, are {@link ImageEncoder}
 * and another one. All float32; n is any batch, S the views' resolution, d the embedding's
 * dimension, z the noise's:
 *
 * <pre>
 * generator: image_embeds [n, d], noise [n, z] → sample [n, 3, S, S] in [−1, 1]
 * </pre>
 */
final class IcganModel implements ViewModel {

  private static final String GENERATOR = "generator";

  /** The roles of a package's components. */
  static final List<String> COMPONENTS = List.of(ImageEncoder.ROLE, GENERATOR);

  private static final String NOISE = "noise";
  private static final String SAMPLE = "sample";
  private static final long NOISE_STREAM = 0;

  private final Manifest manifest;
  private final IcganSettings settings;
  private final ImagePreprocessor preprocessor;
  private final ImageEncoder encoder;
  private final Network generator;

  private IcganModel(
      Manifest manifest, IcganSettings settings, ImageEncoder encoder, Network generator) {
    this.manifest = manifest;
    this.settings = settings;
    this.preprocessor =
        new ImagePreprocessor(manifest.encoder(), ImagePreprocessor.Crop.CENTRE_SQUARE);
    this.encoder = encoder;
    this.generator = generator;
  }

  /**
   * Checks the networks of a package and loads them.
   *
   * @throws InvalidPackageException with one line that names file and tensor
   */
  static IcganModel open(ModelPackage modelPackage, IcganSettings settings, String engine) {
    ImageEncoder.check(modelPackage);
    checkGenerator(modelPackage, settings);
    ImageEncoder encoder = ImageEncoder.open(modelPackage, engine);
    try {
      return new IcganModel(
          modelPackage.manifest(),
          settings,
          encoder,
          Network.open(
              modelPackage,
              GENERATOR,
              SAMPLE,
              engine,
              modelPackage.manifest().batchSizes().getLast()));
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  private static void checkGenerator(ModelPackage modelPackage, IcganSettings settings) {
    long side = modelPackage.manifest().resolution();
    OnnxSignature signature = OnnxSignature.read(modelPackage, GENERATOR);
    signature.requireInput(
        ImageEncoder.EMBEDDING,
        List.of(
            TensorSignature.FREE, (long) modelPackage.manifest().encoder().embeddingDimension()),
        "[batch, embeddingDimension]");
    signature.requireInput(
        NOISE,
        List.of(TensorSignature.FREE, (long) settings.noiseDimension()),
        "[batch, noiseDimension]");
    signature.requireNoOtherInputsThan(List.of(ImageEncoder.EMBEDDING, NOISE));
    signature.requireOutput(
        SAMPLE, List.of(TensorSignature.FREE, 3L, side, side), "[batch, 3, height, width]");
  }

  @Override
  public float[] preprocess(RgbImage source) {
    return preprocessor.apply(source);
  }

  @Override
  public List<float[]> embed(List<float[]> images, int batch) {
    List<float[]> embeddings = encoder.embed(images, batch);
    if (settings.normalisesEmbedding()) {
      embeddings.forEach(IcganModel::normalise);
    }
    return embeddings;
  }

  @Override
  public float[] noise(long seed) {
    RandomStream stream = new RandomStream(seed, NOISE_STREAM);
    float[] noise = new float[settings.noiseDimension()];
    if (Double.isInfinite(settings.noiseBound())) {
      GaussianNoise.fill(stream, noise, 0, noise.length);
    } else {
      GaussianNoise.fillTruncated(stream, settings.noiseBound(), noise, 0, noise.length);
    }
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) (noise[i] * settings.noiseScale());
    }
    return noise;
  }

  @Override
  public int noiseLength() {
    return settings.noiseDimension();
  }

  @Override
  public List<float[]> sample(List<float[]> embeddings, List<float[]> noise, int batch) {
    int embedding = manifest.encoder().embeddingDimension();
    int dimension = settings.noiseDimension();
    float[] result =
        generator.run(
            List.of(
                new Network.Input(
                    ImageEncoder.EMBEDDING,
                    Rows.stack(embeddings, batch, embedding),
                    new Shape(batch, embedding)),
                new Network.Input(
                    NOISE, Rows.stack(noise, batch, dimension), new Shape(batch, dimension))));
    int length = RgbImage.CHANNELS * side() * side();
    return Rows.unstack(result, embeddings.size(), batch, length);
  }

  @Override
  public List<float[]> probe(List<float[]> embeddings, List<float[]> noise, int batch) {
    return sample(embeddings, noise, batch);
  }

  @Override
  public int side() {
    return manifest.resolution();
  }

  private static void normalise(float[] embedding) {
    double squares = 0;
    for (float number : embedding) {
      squares += (double) number * number;
    }
    double length = Math.max(Math.sqrt(squares), 1e-12);
    for (int i = 0; i < embedding.length; i++) {
      embedding[i] = (float) (embedding[i] / length);
    }
  }

  @Override
  public void close() {
    try (encoder) {
      generator.close();
    }
  }
}
