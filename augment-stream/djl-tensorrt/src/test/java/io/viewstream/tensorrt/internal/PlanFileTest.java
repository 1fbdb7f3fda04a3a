package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFileTest {

  private static final long SEED = 11;
  private static final int CASES = 300;

  @TempDir Path folder;

  @Test
  void shouldReadWhatWasSealed() throws IOException {
    Random random = new Random(SEED);
    PlanKey key = TestPlans.key(random);
    PlanFile sealed = seal(key, TestPlans.content(random));

    assertThat(PlanFile.open(sealed.path(), key)).isEqualTo(sealed);
  }

  @Test
  void shouldNoticeAnyChangedByteAndAnyCut() throws IOException {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      PlanKey key = TestPlans.key(random);
      Path path = seal(key, TestPlans.content(random)).path();
      byte[] bytes = Files.readAllBytes(path);
      boolean cut = random.nextInt(4) == 0;
      int position = random.nextInt(bytes.length);
      if (cut) {
        bytes = Arrays.copyOf(bytes, position);
      } else {
        bytes[position] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(path, bytes);

      assertThatThrownBy(() -> PlanFile.open(path, key))
          .as("seed %d, case %d, position %d, cut %b", SEED, i, position, cut)
          .isInstanceOf(PlanFile.DamagedException.class);
    }
  }

  @Test
  void shouldRefuseThePlanOfAnotherKey() throws IOException {
    Random random = new Random(SEED);
    Path path = seal(TestPlans.key(random), TestPlans.content(random)).path();

    assertThatThrownBy(() -> PlanFile.open(path, TestPlans.key(random)))
        .hasMessage("it was made from something else");
  }

  @Test
  void shouldGiveEachKeyAFileOfItsOwn() {
    Random random = new Random(SEED);
    Map<String, PlanKey> names = new HashMap<>();
    for (int i = 0; i < 10 * CASES; i++) {
      PlanKey key = TestPlans.key(random);
      PlanKey other = names.putIfAbsent(key.fileName(), key);

      assertThat(other == null || other.equals(key)).as("%s and %s", key, other).isTrue();
      assertThat(key.fileName()).matches("[0-9a-f]{12}-[0-9a-f]{24}\\.plan");
    }
  }

  @Test
  void shouldRefuseAKeyOfSeveralLines() {
    assertThatThrownBy(() -> new PlanKey("a", "b", "c\ngpu=d", "e", "f"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private PlanFile seal(PlanKey key, byte[] content) throws IOException {
    Path path = folder.resolve(key.fileName());
    PlanBuilder.Built built = TestPlans.write(path, content);
    return PlanFile.seal(path, key, built.sizeBytes(), built.sha256());
  }
}
