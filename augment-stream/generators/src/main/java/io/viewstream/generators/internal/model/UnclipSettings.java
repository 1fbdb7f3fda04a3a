package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.diffusion.DdimSampler;
import io.viewstream.generators.internal.diffusion.DdimSampler.Prediction;
import io.viewstream.generators.internal.diffusion.DdimSampler.Spacing;
import io.viewstream.generators.internal.diffusion.NoiseSchedule;
import java.util.List;

/**
 * Stable Diffusion unCLIP; see {@link UnclipModel}.
 *
 * @param latentChannels of the images that the sampler works on
 * @param latentResolution side of these
 * @param scalingFactor by which they were multiplied in training
 * @param decodedResolution side of the images that the decoder gives, in pixels
 * @param noiseLevel of the image embedding, from 0 to {@link #NOISE_TIMESTEPS} − 1
 * @param guidance how far the condition is overdone; 1 for not at all, which halves the work
 * @param steps of the sampler
 * @param sampler what takes them
 */
public record UnclipSettings(
    int latentChannels,
    int latentResolution,
    double scalingFactor,
    int decodedResolution,
    int noiseLevel,
    double guidance,
    int steps,
    DdimSampler sampler)
    implements KindSettings {

  static final String NAME = "unclip";
  static final List<Integer> DEFAULT_BATCH_SIZES = List.of(1, 2, 4, 8);

  /** Timesteps of the noise on the image embedding. */
  static final int NOISE_TIMESTEPS = 1_000;

  private static final int MAX_CHANNELS = 64;
  private static final int MAX_RESOLUTION = 4_096;
  private static final int MAX_TIMESTEPS = 10_000;
  private static final double MAX_GUIDANCE = 100;

  /** As the models' own scheduler files name it. */
  private enum PredictionName {
    EPSILON,
    V_PREDICTION
  }

  private enum SpacingName {
    LEADING,
    TRAILING
  }

  static UnclipSettings read(JsonSettings settings) {
    JsonSettings latent = settings.object("latent");
    JsonSettings sampler = settings.object("sampler");
    int timesteps = sampler.integer("trainingTimesteps", 2, MAX_TIMESTEPS, 1_000);
    UnclipSettings read =
        new UnclipSettings(
            (int) latent.integer("channels", 1, MAX_CHANNELS),
            (int) latent.integer("resolution", 1, MAX_RESOLUTION),
            latent.positive("scalingFactor"),
            (int) settings.integer("decodedResolution", 1, MAX_RESOLUTION),
            sampler.integer("noiseLevel", 0, NOISE_TIMESTEPS - 1, 0),
            sampler.number("guidance", 1, MAX_GUIDANCE),
            (int) sampler.integer("steps", 1, timesteps),
            readSampler(sampler, timesteps));
    latent.refuseOthers();
    sampler.refuseOthers();
    read.checkTimesteps(sampler);
    return read;
  }

  private static DdimSampler readSampler(JsonSettings sampler, int timesteps) {
    NoiseSchedule schedule =
        NoiseSchedule.scaledLinear(
            timesteps, sampler.between("firstBeta", 0, 1), sampler.between("lastBeta", 0, 1));
    if (sampler.truth("zeroTerminalSignal", false)) {
      schedule = schedule.withZeroTerminalSignal();
    }
    int offset = sampler.integer("stepsOffset", 0, timesteps - 1, 0);
    return new DdimSampler(
        schedule,
        switch (sampler.constant("prediction", PredictionName.class)) {
          case EPSILON -> Prediction.EPSILON;
          case V_PREDICTION -> Prediction.V;
        },
        switch (sampler.constant("spacing", SpacingName.class)) {
          case LEADING -> new Spacing.Leading(offset);
          case TRAILING -> new Spacing.Trailing();
        },
        sampler.truth("endsWithoutNoise", false) ? 1 : schedule.cumulativeAlpha(0));
  }

  private boolean endsBelowZero(int count) {
    int[] walk = sampler.timesteps(count);
    return walk[walk.length - 1] < 0;
  }

  /** What the sampler would find out only when the first view is made. */
  private void checkTimesteps(JsonSettings settings) {
    if (endsBelowZero(steps)) {
      int fewer = steps - 1;
      while (endsBelowZero(fewer)) {
        fewer--;
      }
      throw new InvalidPackageException(
          "%s.steps is %d, for which the trailing timesteps end below 0 by a rounding fault of the schedulers that models are made with; take %d"
              .formatted(settings.location(), steps, fewer));
    }
    int first = sampler.timesteps(steps)[0];
    int timesteps = sampler.schedule().timesteps();
    if (first >= timesteps) {
      throw new InvalidPackageException(
          "%s: with %d steps and stepsOffset the first timestep is %d, must be below %d"
              .formatted(settings.location(), steps, first, timesteps));
    }
    if (sampler.prediction() == Prediction.EPSILON
        && sampler.schedule().cumulativeAlpha(first) == 0) {
      throw new InvalidPackageException(
          "%s: prediction is \"epsilon\", which cannot begin at timestep %d without a signal; set spacing to \"leading\" or zeroTerminalSignal to false"
              .formatted(settings.location(), first));
    }
  }
}
