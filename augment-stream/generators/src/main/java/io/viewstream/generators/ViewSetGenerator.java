package io.viewstream.generators;

import io.viewstream.imaging.RgbImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes all views of a source record, or none.
 *
 * <p>A view is rejected when the generator says so (not-a-number pixels), when it is one flat
 * colour and its source is not, and when it equals an accepted view of lower index. A rejected view
 * is tried again with the next attempt number, hence another seed, up to {@value #RETRIES} times.
 *
 * <p>All views are asked for in one call, and all rejected ones again in one call. The result is
 * still that of the simple rule "settle view 0, then view 1, …": while a lower view is open, a
 * higher one is held and compared only when all lower ones stand.
 *
 * <p>Any thread may call it if the generator allows that, as {@link BatchingGenerator} does.
 */
public final class ViewSetGenerator {

  /** How often a rejected view is tried again. */
  public static final int RETRIES = 3;

  private final Generator generator;
  private final GeneratorDescription description;

  /**
   * Wraps a generator.
   *
   * @param generator borrowed
   */
  public ViewSetGenerator(Generator generator) {
    this.generator = generator;
    this.description = generator.description();
  }

  /** What makes the views. */
  public GeneratorDescription description() {
    return description;
  }

  /**
   * Makes the views of one record.
   *
   * @return as many as asked for, by view index
   * @throws ViewsRejectedException one of them was rejected at every attempt
   * @throws GenerationFailedException see {@link Generator#generate}
   * @throws DeviceFailedException see {@link Generator#generate}
   * @throws GenerationAbandonedException see {@link Generator#generate}
   */
  public List<SeededView> generate(ViewSetRequest request) {
    boolean flatSource = isFlat(request.source());
    List<Candidate> candidates = new ArrayList<>(request.views());
    for (int viewIndex = 0; viewIndex < request.views(); viewIndex++) {
      candidates.add(new Candidate(viewIndex));
    }
    List<Candidate> open = candidates;
    while (!open.isEmpty()) {
      ask(request, open);
      open = rejected(candidates, flatSource);
    }
    return candidates.stream().map(candidate -> candidate.accepted(request, description)).toList();
  }

  private void ask(ViewSetRequest request, List<Candidate> open) {
    List<GenerationRequest> requests = new ArrayList<>(open.size());
    for (Candidate candidate : open) {
      requests.add(new GenerationRequest(request.source(), candidate.seed(request, description)));
    }
    List<GenerationOutcome> outcomes = generator.generate(requests);
    if (outcomes.size() != open.size()) {
      throw new GenerationFailedException(
          "Generator %s %s returned %d outcomes for %d requests"
              .formatted(description.id(), description.version(), outcomes.size(), open.size()));
    }
    for (int i = 0; i < open.size(); i++) {
      open.get(i).outcome = outcomes.get(i);
    }
  }

  /** Judges what can be judged and moves each rejected candidate on to its next attempt. */
  private static List<Candidate> rejected(List<Candidate> candidates, boolean flatSource) {
    List<Candidate> rejected = new ArrayList<>();
    List<RgbImage> accepted = new ArrayList<>();
    for (Candidate candidate : candidates) {
      String reason = candidate.fault(accepted, flatSource);
      if (reason != null) {
        candidate.reject(reason);
        rejected.add(candidate);
      } else if (rejected.isEmpty()) {
        accepted.add(candidate.image());
      }
    }
    return rejected;
  }

  private static boolean isFlat(RgbImage image) {
    byte[] pixels = image.pixels();
    for (int i = RgbImage.CHANNELS; i < pixels.length; i++) {
      if (pixels[i] != pixels[i - RgbImage.CHANNELS]) {
        return false;
      }
    }
    return true;
  }

  /** One view on its way to be accepted. Its fields change with each attempt. */
  private static final class Candidate {
    private final int viewIndex;
    private final List<String> reasons = new ArrayList<>();
    private @Nullable GenerationOutcome outcome;

    Candidate(int viewIndex) {
      this.viewIndex = viewIndex;
    }

    long seed(ViewSetRequest request, GeneratorDescription description) {
      return new ViewSeed(
              request.runSeed(),
              request.imageId(),
              request.sourceSha256(),
              description.id(),
              description.version(),
              viewIndex,
              attempt())
          .value();
    }

    int attempt() {
      return reasons.size();
    }

    RgbImage image() {
      if (outcome instanceof GeneratedView view) {
        return view.image();
      }
      throw new IllegalStateException("View " + viewIndex + " has no image: " + outcome);
    }

    @Nullable String fault(List<RgbImage> acceptedBelow, boolean flatSource) {
      if (outcome instanceof RejectedView view) {
        return view.reason();
      }
      RgbImage image = image();
      if (isFlat(image) && !flatSource) {
        return "one flat colour";
      }
      for (int i = 0; i < acceptedBelow.size(); i++) {
        if (image.equals(acceptedBelow.get(i))) {
          return "equal to view " + i;
        }
      }
      return null;
    }

    void reject(String reason) {
      reasons.add(reason);
      outcome = null;
      if (reasons.size() > RETRIES) {
        throw new ViewsRejectedException(viewIndex, reasons);
      }
    }

    SeededView accepted(ViewSetRequest request, GeneratorDescription description) {
      return new SeededView(viewIndex, attempt(), seed(request, description), image());
    }
  }
}
