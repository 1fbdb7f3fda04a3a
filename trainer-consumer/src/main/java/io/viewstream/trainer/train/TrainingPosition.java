package io.viewstream.trainer.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How far a training is.
 *
 * @param step steps done
 * @param epoch the epoch that the next batch belongs to, from 0
 * @param nextBatch index of the next batch in its epoch, from 0
 * @param stepsPerEpoch steps of the first epoch, by which the learning rate's schedule counts; 0
 *     before it is known
 */
public record TrainingPosition(long step, int epoch, int nextBatch, int stepsPerEpoch) {

  /** Before the first step. */
  public static final TrainingPosition START = new TrainingPosition(0, 0, 0, 0);

  /** The same with the schedule's unit, unless it is known already. */
  TrainingPosition withStepsPerEpoch(int steps) {
    return stepsPerEpoch == 0 ? new TrainingPosition(step, epoch, nextBatch, steps) : this;
  }

  /** After one more step, over so many batches of the epoch. */
  TrainingPosition afterStep(int batches) {
    return new TrainingPosition(step + 1, epoch, nextBatch + batches, stepsPerEpoch);
  }

  /** At the beginning of the next epoch. */
  TrainingPosition afterEpoch() {
    return new TrainingPosition(step, epoch + 1, 0, stepsPerEpoch);
  }

  ObjectNode toJson() {
    return new ObjectMapper()
        .createObjectNode()
        .put("step", step)
        .put("epoch", epoch)
        .put("nextBatch", nextBatch)
        .put("stepsPerEpoch", stepsPerEpoch);
  }

  static TrainingPosition fromJson(JsonNode json) {
    return new TrainingPosition(
        json.path("step").asLong(),
        json.path("epoch").asInt(),
        json.path("nextBatch").asInt(),
        json.path("stepsPerEpoch").asInt());
  }
}
