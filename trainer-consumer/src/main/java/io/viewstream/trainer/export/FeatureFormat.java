package io.viewstream.trainer.export;

import io.viewstream.trainer.train.SettingsException;
import java.nio.file.Path;

/**
 * How features are written. Both formats hold {@code features}, float32 (images, dimension); {@code
 * ids}, one text per image; {@code labels}, int64 per image, the index of its class or −1; {@code
 * classes}, their names in that order; and what the encoder is, as text by key.
 */
public enum FeatureFormat {
  /**
   * Texts are JSON arrays in UTF-8, as tensors of bytes; what the encoder is stands in the header.
   */
  SAFETENSORS(".safetensors"),
  /**
   * NumPy's archive: texts are arrays of Unicode text, which load without pickle; what the encoder
   * is stands in {@code metadata} as a JSON object.
   */
  NPZ(".npz");

  private final String ending;

  FeatureFormat(String ending) {
    this.ending = ending;
  }

  /**
   * The format that a file's name stands for.
   *
   * @throws SettingsException if its ending is of neither
   */
  public static FeatureFormat of(Path file) {
    for (FeatureFormat format : values()) {
      if (file.toString().endsWith(format.ending)) {
        return format;
      }
    }
    throw new SettingsException(
        "--output is %s; the name must end in .safetensors or .npz".formatted(file));
  }
}
