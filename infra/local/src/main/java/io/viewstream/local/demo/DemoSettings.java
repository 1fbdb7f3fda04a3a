package io.viewstream.local.demo;

import io.viewstream.augment.GenerationSettings;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.kafka.command.CommandException;

/**
 * What the demo is asked to do.
 *
 * @param images a folder, a tar archive, or {@code shapes}
 * @param limit how many images are ingested at most
 * @param views of each image
 * @param generator name of a generator in the box, or path of a model package
 * @param method of self-supervised learning
 * @param generativeProbability of a synthetic view in the second slot, in [0, 1]
 * @param epochs passes over the images
 * @param seed of everything that is drawn
 */
public record DemoSettings(
    String images,
    long limit,
    int views,
    String generator,
    String method,
    double generativeProbability,
    int epochs,
    long seed) {

  /** Images when nothing else is asked for: with the epochs below, about two minutes on 2 cores. */
  public static final long DEFAULT_LIMIT = 2_000;

  /** Epochs when nothing else is asked for. */
  public static final int DEFAULT_EPOCHS = 12;

  /** Probability when nothing else is asked for: the middle of the paper's sweep. */
  public static final double DEFAULT_GENERATIVE_PROBABILITY = 0.5;

  /** The learned generator in the box: its views are as small as the demo's training. */
  public static final String DEFAULT_GENERATOR = "icgan32";

  /** What is done without options. */
  public static final DemoSettings DEFAULT =
      new DemoSettings(
          ImageSource.SHAPES,
          DEFAULT_LIMIT,
          GenerationSettings.DEFAULT_VIEWS,
          DEFAULT_GENERATOR,
          "simclr",
          DEFAULT_GENERATIVE_PROBABILITY,
          DEFAULT_EPOCHS,
          1);

  /**
   * Checks the numbers.
   *
   * @throws CommandException when one is out of range
   */
  public DemoSettings {
    require(limit >= 2, "--limit is " + limit + ", must be at least 2");
    require(views >= 1, "--views is " + views + ", must be at least 1");
    require(epochs >= 1, "--epochs is " + epochs + ", must be at least 1");
    require(
        generativeProbability >= 0 && generativeProbability <= 1,
        "--generative-probability is " + generativeProbability + ", must be from 0 to 1");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw CommandException.usage(message);
    }
  }
}
