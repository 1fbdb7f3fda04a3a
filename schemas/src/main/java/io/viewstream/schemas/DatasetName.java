package io.viewstream.schemas;

/** The first part of an image id, {@code <dataset>/<path>}: what it may be. */
public final class DatasetName {

  private DatasetName() {}

  /**
   * Checks the name of a data set.
   *
   * @return the name
   * @throws IllegalArgumentException when image ids could not be read back with it
   */
  public static String checked(String name) {
    if (name.isBlank() || name.contains("/") || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "Data set name '" + name + "' is blank or has a slash or control character in it");
    }
    return name;
  }
}
