package io.viewstream.tensorrt.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Keys and contents that look like those of plans. */
final class TestPlans {

  private TestPlans() {}

  /** Parts are drawn from few values each, so that many keys differ in one part only. */
  static PlanKey key(Random random) {
    return new PlanKey(
        Sha256.of(new byte[] {(byte) random.nextInt(3)}),
        "11.2." + random.nextInt(3),
        "GPU " + random.nextInt(3) + ", compute capability 9.0",
        random.nextBoolean() ? "strict" : "tf32",
        new BatchProfile(1, 1 + random.nextInt(2), 2 + random.nextInt(3), Map.of()).toString());
  }

  static byte[] content(Random random) {
    byte[] content = new byte[1 + random.nextInt(5_000)];
    random.nextBytes(content);
    return content;
  }

  /** As a builder does it. */
  static PlanBuilder.Built write(Path target, byte[] content) {
    try {
      byte[] bytes = new byte[PlanFile.HEADER_BYTES + content.length];
      System.arraycopy(content, 0, bytes, PlanFile.HEADER_BYTES, content.length);
      Files.write(target, bytes);
      return new PlanBuilder.Built(content.length, Sha256.of(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
