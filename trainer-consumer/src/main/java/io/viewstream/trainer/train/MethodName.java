package io.viewstream.trainer.train;

import java.util.Arrays;

/** The self-supervised methods by the names of the command line. */
public enum MethodName {
  /** {@link io.viewstream.trainer.ssl.SimClr}. */
  SIMCLR("simclr"),
  /** {@link io.viewstream.trainer.ssl.Byol}. */
  BYOL("byol"),
  /** {@link io.viewstream.trainer.ssl.MocoV2Plus}. */
  MOCO("moco"),
  /** {@link io.viewstream.trainer.ssl.SimSiam}. */
  SIMSIAM("simsiam"),
  /** {@link io.viewstream.trainer.ssl.BarlowTwins}. */
  BARLOW_TWINS("barlow-twins");

  private final String text;

  MethodName(String text) {
    this.text = text;
  }

  /** The name as users write it. */
  public String text() {
    return text;
  }

  /**
   * The method of that name.
   *
   * @throws SettingsException if there is none
   */
  public static MethodName named(String text) {
    return Arrays.stream(values())
        .filter(method -> method.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingsException(
                    "There is no method '%s'; there are %s"
                        .formatted(
                            text,
                            String.join(
                                ", ", Arrays.stream(values()).map(MethodName::text).toList()))));
  }
}
