package io.viewstream.generators.internal.model;

import ai.djl.ndarray.types.Shape;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.model.Manifest.EncoderSettings;
import io.viewstream.imaging.RgbImage;
import java.util.List;

/**
 * The network that turns images into features, the same for every kind. All float32; n is any
 * batch, R the encoder's resolution, d the embedding's dimension:
 *
 * <pre>
 * image_encoder: pixel_values [n, 3, R, R] → image_embeds [n, d]
 * </pre>
 *
 * One thread at a time may call it.
 */
final class ImageEncoder implements AutoCloseable {

  /** Its role in a package. */
  static final String ROLE = "image_encoder";

  /** Its output, which has the same name where it is another network's input. */
  static final String EMBEDDING = "image_embeds";

  private static final String PIXELS = "pixel_values";

  private final EncoderSettings settings;
  private final Network network;

  private ImageEncoder(EncoderSettings settings, Network network) {
    this.settings = settings;
    this.network = network;
  }

  /**
   * Checks the inputs and outputs of a package's encoder.
   *
   * @throws InvalidPackageException with one line that names file and tensor
   */
  static void check(ModelPackage modelPackage) {
    EncoderSettings settings = modelPackage.manifest().encoder();
    long side = settings.resolution();
    OnnxSignature signature = OnnxSignature.read(modelPackage, ROLE);
    signature.requireInput(
        PIXELS, List.of(TensorSignature.FREE, 3L, side, side), "[batch, 3, height, width]");
    signature.requireNoOtherInputsThan(List.of(PIXELS));
    signature.requireOutput(
        EMBEDDING,
        List.of(TensorSignature.FREE, (long) settings.embeddingDimension()),
        "[batch, embeddingDimension]");
  }

  /** Loads it; it must have been checked. */
  static ImageEncoder open(ModelPackage modelPackage, String engine) {
    return new ImageEncoder(
        modelPackage.manifest().encoder(),
        Network.open(
            modelPackage, ROLE, EMBEDDING, engine, modelPackage.manifest().batchSizes().getLast()));
  }

  /**
   * Features of images.
   *
   * @param images preprocessed, 3·R·R numbers each
   * @param batch of the call, at least the number of images; the rest is padding
   * @return d numbers per image
   */
  List<float[]> embed(List<float[]> images, int batch) {
    int side = settings.resolution();
    int length = RgbImage.CHANNELS * side * side;
    float[] result =
        network.run(
            List.of(
                new Network.Input(
                    PIXELS,
                    Rows.stack(images, batch, length),
                    new Shape(batch, RgbImage.CHANNELS, side, side))));
    return Rows.unstack(result, images.size(), batch, settings.embeddingDimension());
  }

  @Override
  public void close() {
    network.close();
  }
}
