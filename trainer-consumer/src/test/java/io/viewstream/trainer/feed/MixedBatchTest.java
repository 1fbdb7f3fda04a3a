package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MixedBatchTest {

  private final AtomicInteger released = new AtomicInteger();

  private MixedBatch batch() {
    BatchShape shape = new BatchShape(2, 4, 5);
    ByteBuffer first =
        ByteBuffer.allocateDirect(shape.slotSizeBytes()).order(ByteOrder.nativeOrder());
    ByteBuffer second =
        ByteBuffer.allocateDirect(shape.slotSizeBytes()).order(ByteOrder.nativeOrder());
    first.putFloat(0, 1.5f);
    second.putFloat(0, 2.5f);
    return new MixedBatch(
        3,
        7,
        shape,
        first,
        second,
        new SlotCounts(2, 0, 0),
        new SlotCounts(0, 1, 1),
        List.of("a", "b"),
        released::incrementAndGet);
  }

  @Test
  void shouldGiveBuffersThatAnEngineReadsAsTheyAre() {
    try (MixedBatch batch = batch()) {
      ByteBuffer slot = batch.slot(ViewSlot.FIRST);
      assertThat(slot.isDirect()).isTrue();
      assertThat(slot.order()).isEqualTo(ByteOrder.nativeOrder());
      assertThat(slot.remaining()).isEqualTo(2 * 3 * 4 * 5 * 4);
      assertThat(slot.getFloat()).isEqualTo(1.5f);
      assertThat(batch.slot(ViewSlot.FIRST).position()).isZero();
      assertThat(batch.slot(ViewSlot.SECOND).getFloat()).isEqualTo(2.5f);
      assertThat(batch.counts(ViewSlot.SECOND).syntheticFraction()).isEqualTo(0.5);
    }
  }

  @Test
  void shouldReleaseItsBuffersOnceAndRefuseThemAfterwards() {
    MixedBatch batch = batch();
    batch.close();
    batch.close();
    assertThat(released).hasValue(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> batch.slot(ViewSlot.FIRST))
        .withMessageContaining("Batch 7 of epoch 3");
  }

  @Test
  void shouldShareBatchesOnlyEqually() {
    assertThat(new Rank(1, 4).sliceSize(64)).isEqualTo(16);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Rank(1, 4).sliceSize(66))
        .withMessageContaining("66")
        .withMessageContaining("multiple of 4");
    assertThatIllegalArgumentException().isThrownBy(() -> new Rank(4, 4));
  }
}
