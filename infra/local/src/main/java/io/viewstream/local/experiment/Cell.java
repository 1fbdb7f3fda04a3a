package io.viewstream.local.experiment;

import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;

/**
 * One training of a grid.
 *
 * @param method that is trained
 * @param arm name of the arm, or empty for a point of the sweep over the generative probability
 * @param preset values of the preset
 * @param overrides values of the grid, which win
 */
public record Cell(MethodName method, String arm, SettingValues preset, SettingValues overrides) {

  /** All values of the training. */
  public SettingValues values() {
    return preset.withAll(overrides);
  }

  /** The generative probability as the grid writes it. */
  public String probability() {
    return values().text(SettingKey.GENERATIVE_PROBABILITY);
  }

  /** The seed as the grid writes it. */
  public String seed() {
    return values().text(SettingKey.SEED);
  }

  /** A name that no other cell of the grid has, and that can be a folder's. */
  public String id() {
    return "%s-%s-seed%s"
        .formatted(method.text(), arm.isEmpty() ? "p" + probability() : arm, seed());
  }

  /** As users read it. */
  @Override
  public String toString() {
    return "%s, %s, seed %s"
        .formatted(method.text(), arm.isEmpty() ? "p = " + probability() : arm, seed());
  }
}
