package io.viewstream.trainer.ssl.loss;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What gradients need of a loss outlives a garbage collection between the loss and them. */
class LossMemoryTest {
  private static final int ROWS = 8;
  private static final int COLUMNS = 4;
  private static final int ROUNDS = 3;

  @TestFactory
  Stream<DynamicTest> shouldGiveTheSameGradientsAfterAGarbageCollection() {
    return Stream.of(
        test("NT-Xent", (a, b) -> new NtXentLoss(0.2).loss(a, b)),
        test("InfoNCE", (a, b) -> new InfoNceLoss(0.2).loss(a, b, b.transpose())),
        test("Barlow Twins", (a, b) -> new BarlowTwinsLoss(0.0051, 0.048).loss(a, b)),
        test("BYOL", (a, b) -> new ByolLoss().loss(a, b)),
        test("SimSiam", (a, b) -> new NegativeCosineLoss().loss(a, b)),
        test("a mean", (a, b) -> a.mul(b).sum().div(Scalar.beside(a, 2))));
  }

  private static DynamicTest test(String name, BinaryOperator<NDArray> loss) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          float[] expected = gradient(loss, false);
          for (int round = 0; round < ROUNDS; round++) {
            assertThat(gradient(loss, true)).containsExactly(expected);
          }
        });
  }

  private static float[] gradient(BinaryOperator<NDArray> loss, boolean collectGarbage) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Random random = new Random(7);
      NDArray first = manager.create(values(random), new Shape(ROWS, COLUMNS));
      NDArray second = manager.create(values(random), new Shape(ROWS, COLUMNS));
      first.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray result = loss.apply(first, second);
        if (collectGarbage) {
          freeAndOverwriteBuffers();
        }
        collector.backward(result);
      }
      return first.getGradient().toFloatArray();
    }
  }

  private static float[] values(Random random) {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Buffers that nobody refers to any more go; others take their memory. */
  private static void freeAndOverwriteBuffers() {
    // One more that goes, so that there is something to wait for.
    ByteBuffer.allocateDirect(8);
    long before = directBuffers();
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (directBuffers() >= before && System.nanoTime() < deadline) {
      System.gc();
      Thread.onSpinWait();
    }
    List<ByteBuffer> others = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      others.add(ByteBuffer.allocateDirect(8).putDouble(0, Double.MAX_VALUE));
    }
    assertThat(others).isNotEmpty();
  }

  private static long directBuffers() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }
}
