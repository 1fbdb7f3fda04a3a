package io.viewstream.generators.internal.model;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * An instance-conditioned generator: a frozen encoder gives features of the source, and the
 * generator turns features and noise into a view. A. Casanova, M. Careil, J. Verbeek, M. Drozdzal,
 * A. Romero-Soriano, "Instance-Conditioned GAN", NeurIPS 2021.
 *
 * <p>Calls are cut into batches of the largest bucket, and the last one is padded to the smallest
 * bucket that holds it. A source that several requests of a batch share (the same object) is
 * encoded once. One thread at a time may call it.
 */
public final class IcganGenerator implements Generator {

  private static final long NOISE_STREAM = 0;
  private static final long CHECK_SEED = 0;

  private final Manifest manifest;
  private final ImagePreprocessor preprocessor;
  private final IcganNetworks networks;
  private final BatchBuckets buckets;
  // Set by close.
  private boolean closed;

  private IcganGenerator(Manifest manifest, IcganNetworks networks, BatchBuckets buckets) {
    this.manifest = manifest;
    this.preprocessor =
        new ImagePreprocessor(
            manifest.encoderResolution(), manifest.channelMeans(), manifest.channelDeviations());
    this.networks = networks;
    this.buckets = buckets;
  }

  /**
   * Loads the networks and tries every batch size once.
   *
   * @param engine as DJL names it
   * @throws InvalidPackageException see {@link IcganNetworks#open}
   */
  public static IcganGenerator open(ModelPackage modelPackage, String engine) {
    IcganNetworks networks = IcganNetworks.open(modelPackage, engine);
    try {
      if (engine.equals(Network.ONNX_RUNTIME)) {
        return checked(modelPackage.manifest(), networks, networks);
      }
      try (IcganNetworks reference = IcganNetworks.open(modelPackage, Network.ONNX_RUNTIME)) {
        return checked(modelPackage.manifest(), networks, reference);
      }
    } catch (GenerationFailedException e) {
      networks.close();
      throw new InvalidPackageException(
          "Engine %s loads %s and cannot run it: %s"
              .formatted(engine, modelPackage.folder(), e.getMessage()),
          e);
    } catch (RuntimeException e) {
      networks.close();
      throw e;
    }
  }

  private static IcganGenerator checked(
      Manifest manifest, IcganNetworks networks, IcganNetworks reference) {
    int side = manifest.encoderResolution();
    int length = RgbImage.CHANNELS * side * side + manifest.noise().dimension();
    float[] rows = new float[2 * length];
    GaussianNoise.fill(new RandomStream(CHECK_SEED, NOISE_STREAM), rows, 0, rows.length);
    BatchBuckets buckets =
        new BatchBuckets(manifest.batchSizes())
            .checked(
                manifest.id(),
                batch -> run(networks, batch, manifest.noise().dimension()),
                batch -> run(reference, batch, manifest.noise().dimension()),
                Arrays.copyOfRange(rows, 0, length),
                Arrays.copyOfRange(rows, length, 2 * length));
    return new IcganGenerator(manifest, networks, buckets);
  }

  /** Both networks in a row; a row is a preprocessed image followed by noise. */
  private static List<float[]> run(IcganNetworks networks, List<float[]> rows, int noise) {
    List<float[]> images = new ArrayList<>(rows.size());
    List<float[]> noises = new ArrayList<>(rows.size());
    for (float[] row : rows) {
      images.add(Arrays.copyOfRange(row, 0, row.length - noise));
      noises.add(Arrays.copyOfRange(row, row.length - noise, row.length));
    }
    return networks.sample(networks.embed(images, rows.size()), noises, rows.size());
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
      noise.add(noise(request.seed()));
    }
    List<float[]> samples =
        networks.sample(embeddings(requests), noise, buckets.sizeFor(requests.size()));
    return samples.stream().map(sample -> outcome(sample, manifest.resolution())).toList();
  }

  /** One per request; requests of the same source share theirs. */
  private List<float[]> embeddings(List<GenerationRequest> requests) {
    IdentityHashMap<RgbImage, Integer> rows = new IdentityHashMap<>();
    List<float[]> images = new ArrayList<>();
    for (GenerationRequest request : requests) {
      if (rows.putIfAbsent(request.source(), images.size()) == null) {
        images.add(preprocessor.apply(request.source()));
      }
    }
    List<float[]> distinct = networks.embed(images, buckets.sizeFor(images.size()));
    List<float[]> embeddings = new ArrayList<>(requests.size());
    for (GenerationRequest request : requests) {
      embeddings.add(distinct.get(rows.get(request.source())));
    }
    return embeddings;
  }

  private float[] noise(long seed) {
    Manifest.Noise settings = manifest.noise();
    RandomStream stream = new RandomStream(seed, NOISE_STREAM);
    float[] noise = new float[settings.dimension()];
    if (Double.isInfinite(settings.bound())) {
      GaussianNoise.fill(stream, noise, 0, noise.length);
    } else {
      GaussianNoise.fillTruncated(stream, settings.bound(), noise, 0, noise.length);
    }
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) (noise[i] * settings.scale());
    }
    return noise;
  }

  /** Planes in [−1, 1] to pixels: round((x + 1) · 127.5), clamped to 0…255. */
  static GenerationOutcome outcome(float[] sample, int side) {
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
    return new GeneratedView(new RgbImage(side, side, pixels));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      networks.close();
    }
  }
}
