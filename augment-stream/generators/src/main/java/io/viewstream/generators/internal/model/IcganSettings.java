package io.viewstream.generators.internal.model;

import java.util.List;

/**
 * An instance-conditioned generator; see {@link IcganModel}.
 *
 * @param normalisesEmbedding whether features are divided by their Euclidean length
 * @param noiseDimension numbers of noise per view
 * @param noiseBound at which the normal distribution is truncated, in standard deviations; infinite
 *     for none
 * @param noiseScale by which the numbers are multiplied at the end
 */
public record IcganSettings(
    boolean normalisesEmbedding, int noiseDimension, double noiseBound, double noiseScale)
    implements KindSettings {

  static final String NAME = "icgan";
  static final List<Integer> DEFAULT_BATCH_SIZES = List.of(1, 4, 8, 16, 32);

  private static final int MAX_DIMENSION = 1 << 16;

  /** Numbers beyond the bound are drawn again, so a smaller one would take for ever. */
  private static final double MIN_BOUND = 0.01;

  private static final double MAX_BOUND = 100;

  private enum NoiseDistribution {
    NORMAL,
    TRUNCATED_NORMAL
  }

  static IcganSettings read(JsonSettings settings) {
    boolean normalisesEmbedding = settings.truth("normalisesEmbedding", false);
    JsonSettings sampler = settings.object("sampler");
    NoiseDistribution distribution =
        sampler.has("noiseDistribution")
            ? sampler.constant("noiseDistribution", NoiseDistribution.class)
            : NoiseDistribution.NORMAL;
    IcganSettings read =
        new IcganSettings(
            normalisesEmbedding,
            (int) sampler.integer("noiseDimension", 1, MAX_DIMENSION),
            switch (distribution) {
              case NORMAL -> Double.POSITIVE_INFINITY;
              case TRUNCATED_NORMAL -> sampler.number("noiseBound", MIN_BOUND, MAX_BOUND);
            },
            sampler.has("noiseScale") ? sampler.positive("noiseScale") : 1.0);
    sampler.refuseOthers();
    return read;
  }
}
