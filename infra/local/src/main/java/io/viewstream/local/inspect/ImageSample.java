package io.viewstream.local.inspect;

import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SyntheticView;
import java.util.Comparator;
import java.util.List;

/**
 * A source image and the views that a reader may use for it.
 *
 * @param source the image's newest record
 * @param views its views in the order of run and index; they were made from these very bytes
 */
public record ImageSample(SourceImage source, List<SyntheticView> views) {

  /** Copies the views in order. */
  public ImageSample {
    views =
        views.stream()
            .sorted(
                Comparator.comparing(SyntheticView::getRun)
                    .thenComparingInt(SyntheticView::getViewIndex))
            .toList();
  }
}
