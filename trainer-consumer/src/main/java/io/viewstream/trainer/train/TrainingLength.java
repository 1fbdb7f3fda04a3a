package io.viewstream.trainer.train;

/**
 * When a training ends, and where in its schedule a step stands.
 *
 * @param epochs passes over the images
 * @param steps in all, 0 for as many as the epochs have, or {@link #ENDLESS}
 * @param accumulation batches of a step
 */
record TrainingLength(int epochs, long steps, int accumulation) {

  /** Steps of a training that goes on until it is stopped. */
  static final long ENDLESS = Long.MAX_VALUE;

  /** The length that settings ask for. */
  static TrainingLength of(TrainingSettings settings) {
    boolean endless = settings.steps() == 0 && ContinuousSettings.isContinuous(settings.values());
    return new TrainingLength(
        settings.epochs(), endless ? ENDLESS : settings.steps(), settings.accumulation());
  }

  /** Whether it goes on until it is stopped. */
  boolean isEndless() {
    return steps == ENDLESS;
  }

  /** Steps that an epoch's batches are enough for. */
  int stepsOf(int batches) {
    return batches / accumulation;
  }

  /** Steps that the schedules span. */
  long total(int stepsPerEpoch) {
    return steps > 0 ? steps : (long) epochs * stepsPerEpoch;
  }

  /** Whether nothing is left to do. */
  boolean isOver(TrainingPosition position) {
    return steps > 0 ? position.step() >= steps : position.epoch() >= epochs;
  }

  /**
   * The step of the schedules that the next step stands for. Counting epochs, an epoch that has
   * grown or shrunk since the first is stretched to the first one's length, so that the schedule
   * ends with the last epoch.
   */
  long scheduled(TrainingPosition position, int stepsOfEpoch) {
    if (steps > 0) {
      return position.step();
    }
    long stepsPerEpoch = position.stepsPerEpoch();
    long stepsInEpoch = position.nextBatch() / accumulation;
    return position.epoch() * stepsPerEpoch + stepsInEpoch * stepsPerEpoch / stepsOfEpoch;
  }
}
