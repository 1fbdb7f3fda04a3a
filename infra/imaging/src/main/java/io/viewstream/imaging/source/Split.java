package io.viewstream.imaging.source;

import java.util.Locale;

/** Which part of a source is meant, where its root has the sub-folders train and test. */
public enum Split {
  /** Every image, wherever it lies. */
  ALL,
  /** Images below the sub-folder train. */
  TRAIN,
  /** Images below the sub-folder test. */
  TEST;

  /** The name of the sub-folder, and what users write. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return folder();
  }
}
