package io.viewstream.generators.internal.model;

import ai.djl.engine.Engine;
import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.GeneratedView;
import io.viewstream.generators.GenerationFailedException;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.OutputSize;
import io.viewstream.generators.RejectedView;
import io.viewstream.generators.internal.GaussianNoise;
import io.viewstream.generators.internal.RandomStream;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.Interpolation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The generator of a model package.
 *
 * <p>Calls are cut into batches of the largest bucket, and the last one is padded to the smallest
 * bucket that holds it. A source that several requests of a batch share (the same object) is
 * encoded once. One thread at a time may call it.
 */
public final class ModelGenerator implements Generator {

  private static final long CHECK_STREAM = 0;
  private static final long CHECK_SEED = 0;

  private final Manifest manifest;
  private final ViewModel model;
  private final BatchBuckets buckets;
  // Set by close.
  private boolean closed;

  private ModelGenerator(Manifest manifest, ViewModel model, BatchBuckets buckets) {
    this.manifest = manifest;
    this.model = model;
    this.buckets = buckets;
  }

  /**
   * Loads the networks and tries every batch size once.
   *
   * @param engine as DJL names it
   * @throws InvalidPackageException with one line that says what is wrong
   */
  public static ModelGenerator open(ModelPackage modelPackage, String engine) {
    checkPrecision(modelPackage, engine);
    ViewModel model = ViewModel.open(modelPackage, engine);
    try {
      if (engine.equals(Network.ONNX_RUNTIME)) {
        return checked(modelPackage.manifest(), model, model);
      }
      try (ViewModel reference = ViewModel.open(modelPackage, Network.ONNX_RUNTIME)) {
        return checked(modelPackage.manifest(), model, reference);
      }
    } catch (GenerationFailedException | DeviceFailedException e) {
      model.close();
      throw new InvalidPackageException(
          "Engine %s loads %s and cannot run it: %s"
              .formatted(engine, modelPackage.folder(), e.getMessage()),
          e);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static void checkPrecision(ModelPackage modelPackage, String engine) {
    if (modelPackage.manifest().precision() == Manifest.Precision.FLOAT16
        && !engine.equals(Network.TENSOR_RT)
        && Engine.hasEngine(engine)
        && !Engine.getEngine(engine).defaultDevice().isGpu()) {
      throw new InvalidPackageException(
          "%s: precision is float16, which engine %s does not compute on this machine's CPU; use a GPU or export the networks in float32"
              .formatted(modelPackage.folder().resolve(ModelPackage.MANIFEST_FILE), engine));
    }
  }

  private static ModelGenerator checked(Manifest manifest, ViewModel model, ViewModel reference) {
    int side = manifest.encoder().resolution();
    int length = RgbImage.CHANNELS * side * side + model.noiseLength();
    float[] rows = new float[2 * length];
    GaussianNoise.fill(new RandomStream(CHECK_SEED, CHECK_STREAM), rows, 0, rows.length);
    BatchBuckets buckets =
        new BatchBuckets(manifest.batchSizes())
            .checked(
                manifest.id(),
                BatchBuckets.tolerance(manifest.precision()),
                batch -> probe(model, batch),
                batch -> probe(reference, batch),
                Arrays.copyOfRange(rows, 0, length),
                Arrays.copyOfRange(rows, length, 2 * length));
    return new ModelGenerator(manifest, model, buckets);
  }

  /** All networks in a row; a row is a preprocessed image followed by noise. */
  private static List<float[]> probe(ViewModel model, List<float[]> rows) {
    List<float[]> images = new ArrayList<>(rows.size());
    List<float[]> noises = new ArrayList<>(rows.size());
    for (float[] row : rows) {
      int image = row.length - model.noiseLength();
      images.add(Arrays.copyOfRange(row, 0, image));
      noises.add(Arrays.copyOfRange(row, image, row.length));
    }
    return model.probe(model.embed(images, rows.size()), noises, rows.size());
  }

  @Override
  public GeneratorDescription description() {
    return new GeneratorDescription(
        manifest.id(),
        manifest.version(),
        manifest.summary(),
        new OutputSize.Fixed(manifest.resolution(), manifest.resolution()),
        buckets.largest(),
        manifest.callDeadline(),
        manifest.licence());
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    if (closed) {
      throw new IllegalStateException("Generator " + manifest.id() + " is closed");
    }
    List<GenerationOutcome> outcomes = new ArrayList<>(requests.size());
    for (int start = 0; start < requests.size(); start += buckets.largest()) {
      int end = Math.min(start + buckets.largest(), requests.size());
      outcomes.addAll(generateBatch(requests.subList(start, end)));
    }
    return outcomes;
  }

  private List<GenerationOutcome> generateBatch(List<GenerationRequest> requests) {
    List<float[]> noise = new ArrayList<>(requests.size());
    for (GenerationRequest request : requests) {
      noise.add(model.noise(request.seed()));
    }
    List<float[]> samples =
        model.sample(embeddings(requests), noise, buckets.sizeFor(requests.size()));
    return samples.stream()
        .map(sample -> outcome(sample, model.side(), manifest.resolution()))
        .toList();
  }

  /** One per request; requests of the same source share theirs. */
  private List<float[]> embeddings(List<GenerationRequest> requests) {
    IdentityHashMap<RgbImage, Integer> rows = new IdentityHashMap<>();
    List<float[]> images = new ArrayList<>();
    for (GenerationRequest request : requests) {
      if (rows.putIfAbsent(request.source(), images.size()) == null) {
        images.add(model.preprocess(request.source()));
      }
    }
    List<float[]> distinct = model.embed(images, buckets.sizeFor(images.size()));
    List<float[]> embeddings = new ArrayList<>(requests.size());
    for (GenerationRequest request : requests) {
      embeddings.add(distinct.get(rows.get(request.source())));
    }
    return embeddings;
  }

  /**
   * Planes in [−1, 1] to pixels: round((x + 1) · 127.5), clamped to 0…255, and then resized.
   *
   * @param side of the sample in pixels
   * @param resolution of the view
   */
  static GenerationOutcome outcome(float[] sample, int side, int resolution) {
    int plane = side * side;
    byte[] pixels = new byte[sample.length];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      for (int i = 0; i < plane; i++) {
        float value = sample[channel * plane + i];
        if (!Float.isFinite(value)) {
          return new RejectedView("the generator's output holds " + value);
        }
        long level = Math.round((value + 1.0) * 127.5);
        pixels[i * RgbImage.CHANNELS + channel] = (byte) Math.clamp(level, 0, 255);
      }
    }
    return new GeneratedView(
        ImagePreprocessor.resize(
            new RgbImage(side, side, pixels), resolution, resolution, Interpolation.BILINEAR));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      model.close();
    }
  }
}
