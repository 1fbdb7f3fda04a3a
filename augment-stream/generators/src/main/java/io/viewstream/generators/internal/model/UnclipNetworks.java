package io.viewstream.generators.internal.model;

import ai.djl.ndarray.types.Shape;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.RgbImage;
import java.util.Arrays;
import java.util.List;

/**
 * The networks of a package of the kind {@code unclip} behind the image encoder, in one engine. All
 * float32, but for the timestep, which may be int64 and have a batch or not; n is any batch, d the
 * embedding's dimension, C and R channels and resolution of the latent images, D the decoded
 * resolution, S and T tokens and dimension of the prompt:
 *
 * <pre>
 * unet:        sample [n, C, R, R], timestep [] or [n], encoder_hidden_states [n, S, T],
 *              class_labels [n, 2d]                     → out_sample [n, C, R, R]
 * vae_decoder: latent_sample [n, C, R, R]               → sample [n, 3, D, D] in [−1, 1]
 * </pre>
 *
 * The prompt is always the empty one; what the text encoder gives for it is a constant of the
 * package, beside mean and deviation of the embeddings that the model was trained on.
 *
 * <p>One thread at a time may call it.
 */
final class UnclipNetworks implements AutoCloseable {

  private static final String UNET = "unet";
  private static final String DECODER = "vae_decoder";
  private static final String CONSTANTS = "constants";

  /** The roles of a package's components. */
  static final List<String> COMPONENTS = List.of(ImageEncoder.ROLE, UNET, DECODER, CONSTANTS);

  private static final String SAMPLE = "sample";
  private static final String TIMESTEP = "timestep";
  private static final String PROMPT = "encoder_hidden_states";
  private static final String CONDITION = "class_labels";
  private static final String UNET_OUTPUT = "out_sample";
  private static final String LATENT = "latent_sample";
  private static final String LATENT_SHAPE = "[batch, latent.channels, height, width]";

  private final UnclipSettings settings;
  private final int embeddingDimension;
  private final Constants constants;
  private final TensorSignature timestep;
  private final Network unet;
  private final Network decoder;

  /**
   * Numbers that the networks need beside their weights.
   *
   * @param prompt of the empty text: tokens and dimension
   * @param embeddingMean of the embeddings in training: dimension
   * @param embeddingDeviation of these: dimension
   */
  record Constants(
      SafetensorsFile.Tensor prompt,
      SafetensorsFile.Tensor embeddingMean,
      SafetensorsFile.Tensor embeddingDeviation) {

    private static Constants read(ModelPackage modelPackage) {
      SafetensorsFile file = SafetensorsFile.read(modelPackage.component(CONSTANTS));
      long dimension = modelPackage.manifest().encoder().embeddingDimension();
      return new Constants(
          file.tensor(
              "empty_prompt",
              List.of(TensorSignature.FREE, TensorSignature.FREE),
              "[tokens, dimension]"),
          file.tensor("image_embeds_mean", List.of(dimension), "[embeddingDimension]"),
          file.positiveTensor("image_embeds_std", List.of(dimension), "[embeddingDimension]"));
    }
  }

  private UnclipNetworks(
      ModelPackage modelPackage,
      UnclipSettings settings,
      Constants constants,
      TensorSignature timestep,
      Network unet,
      Network decoder) {
    this.settings = settings;
    this.embeddingDimension = modelPackage.manifest().encoder().embeddingDimension();
    this.constants = constants;
    this.timestep = timestep;
    this.unet = unet;
    this.decoder = decoder;
  }

  /**
   * Checks the networks of a package and loads them.
   *
   * @throws InvalidPackageException with one line that names file and tensor
   */
  static UnclipNetworks open(ModelPackage modelPackage, UnclipSettings settings, String engine) {
    Constants constants = Constants.read(modelPackage);
    TensorSignature timestep = checkUnet(modelPackage, settings, constants);
    checkDecoder(modelPackage, settings);
    int batch = modelPackage.manifest().batchSizes().getLast();
    // With guidance each view is predicted twice, in one call.
    int unetBatch = settings.guidance() == 1 ? batch : 2 * batch;
    Network unet = Network.open(modelPackage, UNET, UNET_OUTPUT, engine, unetBatch);
    try {
      Network decoder = Network.open(modelPackage, DECODER, SAMPLE, engine, batch);
      return new UnclipNetworks(modelPackage, settings, constants, timestep, unet, decoder);
    } catch (RuntimeException e) {
      unet.close();
      throw e;
    }
  }

  private static TensorSignature checkUnet(
      ModelPackage modelPackage, UnclipSettings settings, Constants constants) {
    List<Long> latent = latentDimensions(settings);
    OnnxSignature signature = OnnxSignature.read(modelPackage, UNET);
    signature.requireInput(SAMPLE, latent, LATENT_SHAPE);
    final TensorSignature timestep = signature.requireNumber(TIMESTEP);
    signature.requireInput(
        PROMPT,
        List.of(
            TensorSignature.FREE,
            constants.prompt().dimensions().get(0),
            constants.prompt().dimensions().get(1)),
        "[batch, tokens, dimension], as empty_prompt of the constants");
    signature.requireInput(
        CONDITION,
        List.of(TensorSignature.FREE, 2L * modelPackage.manifest().encoder().embeddingDimension()),
        "[batch, 2 * embeddingDimension]");
    signature.requireNoOtherInputsThan(List.of(SAMPLE, TIMESTEP, PROMPT, CONDITION));
    signature.requireOutput(UNET_OUTPUT, latent, LATENT_SHAPE);
    return timestep;
  }

  private static void checkDecoder(ModelPackage modelPackage, UnclipSettings settings) {
    long side = settings.decodedResolution();
    OnnxSignature signature = OnnxSignature.read(modelPackage, DECODER);
    signature.requireInput(LATENT, latentDimensions(settings), LATENT_SHAPE);
    signature.requireNoOtherInputsThan(List.of(LATENT));
    signature.requireOutput(
        SAMPLE,
        List.of(TensorSignature.FREE, 3L, side, side),
        "[batch, 3, decodedResolution, decodedResolution]");
  }

  private static List<Long> latentDimensions(UnclipSettings settings) {
    long side = settings.latentResolution();
    return List.of(TensorSignature.FREE, (long) settings.latentChannels(), side, side);
  }

  Constants constants() {
    return constants;
  }

  int latentLength() {
    return settings.latentChannels() * settings.latentResolution() * settings.latentResolution();
  }

  /**
   * What the network says of noisy latent images.
   *
   * @param latents C·R·R numbers each
   * @param conditions 2d numbers each, as many as latents
   * @param at the timestep
   * @param batch of the call, at least the number of latents; the rest is padding
   * @return C·R·R numbers each
   */
  List<float[]> predict(List<float[]> latents, List<float[]> conditions, int at, int batch) {
    float[] prompt = constants.prompt().numbers();
    float[] prompts = new float[batch * prompt.length];
    for (int row = 0; row < batch; row++) {
      System.arraycopy(prompt, 0, prompts, row * prompt.length, prompt.length);
    }
    int condition = 2 * embeddingDimension;
    float[] result =
        unet.run(
            List.of(
                latentInput(SAMPLE, latents, batch),
                timestepInput(at, batch),
                new Network.Input(
                    PROMPT,
                    prompts,
                    new Shape(
                        batch,
                        constants.prompt().dimensions().get(0),
                        constants.prompt().dimensions().get(1))),
                new Network.Input(
                    CONDITION,
                    Rows.stack(conditions, batch, condition),
                    new Shape(batch, condition))));
    return Rows.unstack(result, latents.size(), batch, latentLength());
  }

  private Network.Input timestepInput(int at, int batch) {
    boolean perRow =
        timestep.rank() == 1 && timestep.dimensions().getFirst() == TensorSignature.FREE;
    float[] timesteps = new float[perRow ? batch : 1];
    Arrays.fill(timesteps, at);
    Shape shape = timestep.rank() == 0 ? new Shape() : new Shape(timesteps.length);
    return new Network.Input(
        TIMESTEP, timesteps, shape, timestep.elementType().equals(TensorSignature.INT_64));
  }

  /**
   * Latent images as pixels.
   *
   * @param latents C·R·R numbers each, divided by the scaling factor already
   * @param batch of the call, at least the number of latents; the rest is padding
   * @return 3·D·D numbers each, in [−1, 1] if the network behaves
   */
  List<float[]> decode(List<float[]> latents, int batch) {
    float[] result = decoder.run(List.of(latentInput(LATENT, latents, batch)));
    int side = settings.decodedResolution();
    return Rows.unstack(result, latents.size(), batch, RgbImage.CHANNELS * side * side);
  }

  private Network.Input latentInput(String name, List<float[]> latents, int batch) {
    return new Network.Input(
        name,
        Rows.stack(latents, batch, latentLength()),
        new Shape(
            batch,
            settings.latentChannels(),
            settings.latentResolution(),
            settings.latentResolution()));
  }

  @Override
  public void close() {
    try (unet) {
      decoder.close();
    }
  }
}
