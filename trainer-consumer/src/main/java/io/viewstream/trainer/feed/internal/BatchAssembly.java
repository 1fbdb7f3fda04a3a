package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.SlotCounts;
import io.viewstream.trainer.feed.ViewChoice;
import io.viewstream.trainer.feed.ViewSlot;
import io.viewstream.trainer.feed.internal.SampleWriter.WrittenSample;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A batch that is being filled. Threads write different samples at the same time; {@link
 * BatchPipeline} counts them and shows the batch when all are done.
 */
final class BatchAssembly {

  private final int index;
  private final BatchBuffers.Pair buffers;
  private final FloatBuffer first;
  private final FloatBuffer second;
  private final AtomicReferenceArray<WrittenSample> samples;

  // Both guarded by the pipeline's lock.
  private int claimed;
  private int written;

  BatchAssembly(int index, int size, BatchBuffers.Pair buffers) {
    this.index = index;
    this.buffers = buffers;
    this.first = buffers.first().asFloatBuffer();
    this.second = buffers.second().asFloatBuffer();
    this.samples = new AtomicReferenceArray<>(size);
  }

  int index() {
    return index;
  }

  BatchBuffers.Pair buffers() {
    return buffers;
  }

  FloatBuffer first() {
    return first;
  }

  FloatBuffer second() {
    return second;
  }

  boolean hasUnclaimed() {
    return claimed < samples.length();
  }

  int claim() {
    return claimed++;
  }

  void set(int sample, WrittenSample written) {
    samples.set(sample, written);
  }

  void countWritten() {
    written++;
  }

  boolean complete() {
    return written == samples.length();
  }

  /** Whether a thread is writing a sample. */
  boolean busy() {
    return written < claimed;
  }

  WrittenSample sample(int index) {
    return samples.get(index);
  }

  int size() {
    return samples.length();
  }

  SlotCounts counts(ViewSlot slot) {
    int real = 0;
    int fallback = 0;
    for (int i = 0; i < samples.length(); i++) {
      ViewChoice choice = samples.get(i).choice();
      int chosen =
          switch (slot) {
            case FIRST -> choice.first();
            case SECOND -> choice.second();
          };
      real += chosen == ViewChoice.REAL ? 1 : 0;
      fallback += chosen == ViewChoice.FALLBACK ? 1 : 0;
    }
    return new SlotCounts(real, samples.length() - real - fallback, fallback);
  }

  long replacements() {
    long replacements = 0;
    for (int i = 0; i < samples.length(); i++) {
      replacements += samples.get(i).replacements();
    }
    return replacements;
  }
}
