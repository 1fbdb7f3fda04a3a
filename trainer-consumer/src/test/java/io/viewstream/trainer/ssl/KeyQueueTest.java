package io.viewstream.trainer.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.viewstream.trainer.fixtures.FixtureTensor;
import io.viewstream.trainer.fixtures.Fixtures;
import io.viewstream.trainer.fixtures.Fixtures.Case;
import io.viewstream.trainer.ssl.network.NamedTensors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class KeyQueueTest {

  @TestFactory
  Stream<DynamicTest> shouldReplaceTheOldestAsThePeerDoes() {
    return Fixtures.tests(
        "ssl-losses.json", example -> example.inputs().has("keys_batches"), KeyQueueTest::check);
  }

  private static void check(Case example) {
    FixtureTensor before = example.input("queue");
    int size = (int) example.parameter("queue_size");
    try (NDManager manager = NDManager.newBaseManager();
        NamedTensors tensors = new NamedTensors(manager, 1)) {
      KeyQueue queue = new KeyQueue(tensors.root(), (int) before.shape()[1], size);
      NDArray live = tensors.buffers().get("queue");
      live.set(new NDIndex("..."), before.create(manager));
      tensors
          .buffers()
          .get("queue_pointer")
          .set(
              new NDIndex("..."),
              manager.create(new float[] {(float) example.parameter("start_pointer")}));
      FixtureTensor batches = example.input("keys_batches");
      for (int batch = 0; batch < batches.shape()[0]; batch++) {
        queue.enqueue(batches.part(batch).create(manager));
        assertThat(live.toFloatArray())
            .isEqualTo(example.expectedTensor("queue_after_each_batch").part(batch).floats());
        assertThat(tensors.buffers().get("queue_pointer").getFloat(0))
            .isEqualTo((float) example.expectedTensor("pointer_after_each_batch").values()[batch]);
      }
    }
  }

  @Test
  void shouldBeginWithUnitColumns() {
    try (NDManager manager = NDManager.newBaseManager();
        NamedTensors tensors = new NamedTensors(manager, 1)) {
      KeyQueue queue = new KeyQueue(tensors.root(), 5, 12);
      for (int view = 0; view < 2; view++) {
        for (float square : queue.keysOf(view).square().sum(new int[] {0}).toFloatArray()) {
          assertThat(square).isCloseTo(1, offset(1e-5f));
        }
      }
      assertThatThrownBy(() -> queue.enqueue(manager.zeros(new Shape(2, 5, 5))))
          .hasMessage("A queue of 12 keys is not a multiple of the batch of 5");
    }
  }
}
