package io.viewstream.generators.internal.model;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import io.viewstream.generators.GenerationFailedException;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.model.Manifest.Precision;
import io.viewstream.imaging.RgbImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The two networks of a package of the kind {@code icgan}, in one engine. All float32; n is any
 * batch, R the encoder's resolution, S the views', d the embedding's dimension, z the noise's:
 *
 * <pre>
 * image_encoder: pixel_values [n, 3, R, R]          → image_embeds [n, d]
 * generator:     image_embeds [n, d], noise [n, z]  → sample [n, 3, S, S] in [−1, 1]
 * </pre>
 *
 * One thread at a time may call it.
 */
final class IcganNetworks implements AutoCloseable {

  static final String ENCODER = "image_encoder";
  static final String GENERATOR = "generator";

  private static final String PIXELS = "pixel_values";
  private static final String EMBEDDING = "image_embeds";
  private static final String NOISE = "noise";
  private static final String SAMPLE = "sample";

  private final Manifest manifest;
  private final Network encoder;
  private final Network generator;

  private IcganNetworks(Manifest manifest, Network encoder, Network generator) {
    this.manifest = manifest;
    this.encoder = encoder;
    this.generator = generator;
  }

  /**
   * Checks the networks of a package and loads them.
   *
   * @throws InvalidPackageException with one line that names file and tensor
   */
  static IcganNetworks open(ModelPackage modelPackage, String engine) {
    Manifest manifest = modelPackage.manifest();
    checkEncoder(modelPackage.component(ENCODER), manifest);
    checkGenerator(modelPackage.component(GENERATOR), manifest);
    Network encoder = Network.open(modelPackage.component(ENCODER), EMBEDDING, engine);
    try {
      checkPrecision(modelPackage, engine);
      return new IcganNetworks(
          manifest, encoder, Network.open(modelPackage.component(GENERATOR), SAMPLE, engine));
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  private static void checkEncoder(Path file, Manifest manifest) {
    long side = manifest.encoderResolution();
    OnnxSignature signature = OnnxSignature.read(file);
    signature.requireInput(
        PIXELS, List.of(TensorSignature.FREE, 3L, side, side), "[batch, 3, height, width]");
    signature.requireNoOtherInputsThan(List.of(PIXELS));
    signature.requireOutput(
        EMBEDDING,
        List.of(TensorSignature.FREE, (long) manifest.embeddingDimension()),
        "[batch, embeddingDimension]");
  }

  private static void checkGenerator(Path file, Manifest manifest) {
    long side = manifest.resolution();
    OnnxSignature signature = OnnxSignature.read(file);
    signature.requireInput(
        EMBEDDING,
        List.of(TensorSignature.FREE, (long) manifest.embeddingDimension()),
        "[batch, embeddingDimension]");
    signature.requireInput(
        NOISE,
        List.of(TensorSignature.FREE, (long) manifest.noise().dimension()),
        "[batch, noiseDimension]");
    signature.requireNoOtherInputsThan(List.of(EMBEDDING, NOISE));
    signature.requireOutput(
        SAMPLE, List.of(TensorSignature.FREE, 3L, side, side), "[batch, 3, height, width]");
  }

  private static void checkPrecision(ModelPackage modelPackage, String engine) {
    if (modelPackage.manifest().precision() == Precision.FLOAT16
        && !Engine.getEngine(engine).defaultDevice().isGpu()) {
      throw new InvalidPackageException(
          "%s: precision is float16, which engine %s does not compute on this machine's CPU; use a GPU or export the networks in float32"
              .formatted(modelPackage.folder().resolve(ModelPackage.MANIFEST_FILE), engine));
    }
  }

  /**
   * Features of images.
   *
   * @param images preprocessed, 3·R·R numbers each
   * @param batch of the call, at least the number of images; the rest is padding
   * @return d numbers per image
   */
  List<float[]> embed(List<float[]> images, int batch) {
    int side = manifest.encoderResolution();
    int length = RgbImage.CHANNELS * side * side;
    float[] result =
        encoder.run(
            List.of(
                new Network.Input(
                    PIXELS,
                    stack(images, batch, length),
                    new Shape(batch, RgbImage.CHANNELS, side, side))));
    List<float[]> embeddings = unstack(result, images.size(), batch, manifest.embeddingDimension());
    if (manifest.normalisesEmbedding()) {
      embeddings.forEach(IcganNetworks::normalise);
    }
    return embeddings;
  }

  /**
   * Views of features and noise.
   *
   * @param embeddings d numbers each
   * @param noise z numbers each, as many as embeddings
   * @param batch of the call, at least the number of embeddings; the rest is padding
   * @return 3·S·S numbers per view, in [−1, 1] if the network behaves
   */
  List<float[]> sample(List<float[]> embeddings, List<float[]> noise, int batch) {
    int embedding = manifest.embeddingDimension();
    int dimension = manifest.noise().dimension();
    float[] result =
        generator.run(
            List.of(
                new Network.Input(
                    EMBEDDING, stack(embeddings, batch, embedding), new Shape(batch, embedding)),
                new Network.Input(
                    NOISE, stack(noise, batch, dimension), new Shape(batch, dimension))));
    int length = RgbImage.CHANNELS * manifest.resolution() * manifest.resolution();
    return unstack(result, embeddings.size(), batch, length);
  }

  private static float[] stack(List<float[]> rows, int batch, int length) {
    float[] stacked = new float[batch * length];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(rows.get(row), 0, stacked, row * length, length);
    }
    return stacked;
  }

  private static List<float[]> unstack(float[] stacked, int rows, int batch, int length) {
    if (stacked.length != batch * length) {
      throw new GenerationFailedException(
          "A network gave %d numbers for a batch of %d, must be %d each"
              .formatted(stacked.length, batch, length));
    }
    List<float[]> unstacked = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      unstacked.add(Arrays.copyOfRange(stacked, row * length, (row + 1) * length));
    }
    return unstacked;
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
