package io.viewstream.benchmarks.gpu;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes the weights of a model whose ONNX file names a file beside it that did not travel: random
 * numbers of the right mean and spread for each tensor, the same on every machine. They are the
 * bulk of a large model, and do not compress.
 *
 * <p>The list weights.txt has one tensor in a line: float32 or float16, count, mean, deviation.
 */
public final class RandomWeights {

  private static final long SEED = 20;

  private RandomWeights() {}

  /** Takes the folders of models; one without a list is left as it is. */
  public static void main(String[] folders) throws IOException {
    for (String folder : folders) {
      Path list = Path.of(folder, "weights.txt");
      if (Files.exists(list)) {
        write(Files.readAllLines(list), Path.of(folder, "weights.bin"));
      }
    }
  }

  static void write(List<String> tensors, Path target) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(target), 1 << 20))) {
      for (String tensor : tensors) {
        String[] parts = tensor.split(" ", -1);
        boolean half = parts[0].equals("float16");
        long count = Long.parseLong(parts[1]);
        double mean = Double.parseDouble(parts[2]);
        double deviation = Double.parseDouble(parts[3]);
        for (long i = 0; i < count; i++) {
          float value = (float) (mean + deviation * random.nextGaussian());
          // ONNX is little-endian, and DataOutputStream is not.
          if (half) {
            out.writeShort(Short.reverseBytes(Float.floatToFloat16(value)));
          } else {
            out.writeInt(Integer.reverseBytes(Float.floatToIntBits(value)));
          }
        }
      }
    }
  }
}
