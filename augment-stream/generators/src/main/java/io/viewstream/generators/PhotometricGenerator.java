package io.viewstream.generators;

import io.viewstream.generators.internal.ColourChange;
import io.viewstream.generators.internal.RandomStream;
import io.viewstream.generators.internal.Warp;
import io.viewstream.imaging.RgbImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Views by warp, crop, flip and colour change. There is no learned model in it: it stands where a
 * generator is needed and none is at hand, and in tests.
 *
 * <p>The views have the size of their source, whatever it is. All arithmetic is strict, so a
 * request gives the same pixels on every machine. Any number of threads may call it at once.
 */
public final class PhotometricGenerator implements Generator {

  /** Its name, on the command line and in every view. */
  public static final String ID = "photometric";

  private static final long GEOMETRY_STREAM = 0;
  private static final long COLOUR_STREAM = 1;

  private static final GeneratorDescription DESCRIPTION =
      new GeneratorDescription(
          ID,
          "1",
          "Warp, crop, flip and colour change by seed; no learned model",
          new OutputSize.AsSource(),
          16,
          GeneratorDescription.DEFAULT_CALL_DEADLINE,
          "Apache-2.0");

  @Override
  public GeneratorDescription description() {
    return DESCRIPTION;
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    List<GenerationOutcome> outcomes = new ArrayList<>(requests.size());
    for (GenerationRequest request : requests) {
      outcomes.add(new GeneratedView(view(request)));
    }
    return outcomes;
  }

  private static RgbImage view(GenerationRequest request) {
    Warp warp = Warp.draw(new RandomStream(request.seed(), GEOMETRY_STREAM));
    ColourChange colour = ColourChange.draw(new RandomStream(request.seed(), COLOUR_STREAM));
    return colour.apply(warp.apply(request.source()));
  }

  /** Nothing to release. */
  @Override
  public void close() {}
}
