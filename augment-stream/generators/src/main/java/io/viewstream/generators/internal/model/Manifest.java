package io.viewstream.generators.internal.model;

import io.viewstream.generators.GeneratorDescription;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The content of a generator.json.
 *
 * @param id names the generator
 * @param version of the model
 * @param summary one sentence for a reader
 * @param licence of the model
 * @param resolution side of the square views in pixels
 * @param components files by the role they have, relative to the package
 * @param encoder what turns a source into features
 * @param kind what turns features into a view
 * @param precision of the weights
 * @param batchSizes of calls, ascending
 * @param callDeadline see {@link GeneratorDescription#callDeadline()}
 * @param files what each file of the package must be
 */
public record Manifest(
    String id,
    String version,
    String summary,
    String licence,
    int resolution,
    Map<String, String> components,
    EncoderSettings encoder,
    KindSettings kind,
    Precision precision,
    List<Integer> batchSizes,
    Duration callDeadline,
    Map<String, FileIdentity> files) {

  /** Of the weights and of the arithmetic inside a network. Inputs and outputs are float32. */
  public enum Precision {
    /** Any engine can do that. */
    FLOAT32,
    /** Only some engines on some devices can do that. */
    FLOAT16
  }

  /**
   * What an image encoder takes and gives.
   *
   * @param resolution side of the square that it sees, in pixels
   * @param channelMeans of the source's channels in [0, 1], three numbers
   * @param channelDeviations by which they are divided, three numbers above zero
   * @param embeddingDimension features per image
   */
  public record EncoderSettings(
      int resolution,
      List<Double> channelMeans,
      List<Double> channelDeviations,
      int embeddingDimension) {

    public EncoderSettings {
      channelMeans = List.copyOf(channelMeans);
      channelDeviations = List.copyOf(channelDeviations);
    }
  }

  /**
   * What a file must be.
   *
   * @param sha256 of its bytes, in lower-case hexadecimal digits
   * @param sizeBytes its length
   */
  public record FileIdentity(String sha256, long sizeBytes) {}

  public Manifest {
    components = Map.copyOf(components);
    batchSizes = List.copyOf(batchSizes);
    files = Map.copyOf(files);
  }
}
