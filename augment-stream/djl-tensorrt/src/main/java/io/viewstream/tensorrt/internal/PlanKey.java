package io.viewstream.tensorrt.internal;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a plan is made from. Plans are interchangeable exactly when all of it is equal.
 *
 * @param modelSha256 of the ONNX file and of the files that hold its weights
 * @param tensorRtVersion three numbers
 * @param gpu as {@link TensorRtPlatform#gpu}
 * @param precision how float32 is multiplied: {@code strict} or {@code tf32}; everything else is
 *     computed as the ONNX file says
 * @param profile as {@link BatchProfile#toString}
 */
record PlanKey(
    String modelSha256, String tensorRtVersion, String gpu, String precision, String profile) {

  PlanKey {
    for (String part : List.of(modelSha256, tensorRtVersion, gpu, precision, profile)) {
      if (part.indexOf('\n') >= 0) {
        throw new IllegalArgumentException(
            "A part of a plan's key has more than one line: " + part);
      }
    }
  }

  /** All of it, one part in a line. Two keys with the same text are equal. */
  String text() {
    return """
    model=%s
    tensorrt=%s
    gpu=%s
    precision=%s
    profile=%s
    """
        .formatted(modelSha256, tensorRtVersion, gpu, precision, profile);
  }

  /** Name of the plan's file in a cache, safe on any file system. */
  String fileName() {
    String digest = Sha256.of(text().getBytes(StandardCharsets.UTF_8));
    return modelSha256.substring(0, Math.min(12, modelSha256.length()))
        + "-"
        + digest.substring(0, 24)
        + ".plan";
  }
}
