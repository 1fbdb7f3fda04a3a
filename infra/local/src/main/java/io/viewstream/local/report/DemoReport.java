package io.viewstream.local.report;

import io.viewstream.local.inspect.ImageSample;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/**
 * All that the demo tells.
 *
 * @param finishedAt when, in the user's time zone
 * @param machine such as {@code 2 cores, Linux, Java 25}
 * @param version of this build
 * @param counts what went through the topics
 * @param mixing what training saw
 * @param losses of all steps, in order
 * @param stepsPerEpoch to mark the epochs
 * @param method such as {@code SimCLR}
 * @param accuracy what the features are worth, if the images have labels
 * @param accuracyNote what to know about it, or why there is none
 * @param stages what took how long, in order
 * @param settings what it was run with
 * @param samples images beside their views
 * @param next commands to try
 */
public record DemoReport(
    ZonedDateTime finishedAt,
    String machine,
    String version,
    Counts counts,
    Mixing mixing,
    List<Float> losses,
    int stepsPerEpoch,
    String method,
    Optional<Accuracy> accuracy,
    String accuracyNote,
    List<Stage> stages,
    List<Setting> settings,
    List<ImageSample> samples,
    List<NextStep> next) {

  /** Copies the lists. */
  public DemoReport {
    losses = List.copyOf(losses);
    stages = List.copyOf(stages);
    settings = List.copyOf(settings);
    samples = List.copyOf(samples);
    next = List.copyOf(next);
  }

  /** From the start of the first stage to the end of the last. */
  public Duration duration() {
    return stages.stream().map(Stage::duration).reduce(Duration.ZERO, Duration::plus);
  }

  /**
   * What went through the topics, as a reader of committed records counts it.
   *
   * @param sourceImages real images
   * @param syntheticViews views, each counted once
   * @param viewsPerImage how many each image should have
   * @param deadLetters what could not be used
   * @param duplicates views that were there twice
   */
  public record Counts(
      long sourceImages,
      long syntheticViews,
      int viewsPerImage,
      long deadLetters,
      long duplicates) {}

  /**
   * What the slots of the mixed batches held.
   *
   * @param requested probability of a synthetic view in the second slot
   * @param achieved fraction of synthetic views there
   * @param slots filled, over all steps
   * @param fallbacks slots that took the real image, because a view was missing
   */
  public record Mixing(double requested, double achieved, long slots, long fallbacks) {}

  /**
   * What the frozen features are worth on images that training never saw. All but the counts within
   * [0, 1].
   *
   * @param linearProbe top-1 accuracy of a linear classifier on the features
   * @param nearestNeighbours top-1 accuracy of the nearest neighbours' vote
   * @param chance what guessing would give: one over the number of classes
   * @param classes how many
   * @param trainImages that the probe learnt from
   * @param testImages that it was tested on
   */
  public record Accuracy(
      double linearProbe,
      double nearestNeighbours,
      double chance,
      int classes,
      long trainImages,
      long testImages) {}

  /**
   * A part of the demo.
   *
   * @param name such as {@code Generate}
   * @param what it does, in a few words
   * @param amount how many units it handled; 0 if that says nothing
   * @param unit in the plural
   * @param perSecond units per second, as the stage measured it while at work; 0 if it did not
   */
  public record Stage(
      String name, String what, Duration duration, long amount, String unit, double perSecond) {}

  /**
   * One setting.
   *
   * @param option as on the command line
   * @param value it had
   * @param meaning in a few words
   */
  public record Setting(String option, String value, String meaning) {}

  /**
   * Something to try.
   *
   * @param what it shows
   * @param command to type
   */
  public record NextStep(String what, String command) {}
}
