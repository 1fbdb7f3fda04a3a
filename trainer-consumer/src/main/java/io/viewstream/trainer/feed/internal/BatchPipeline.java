package io.viewstream.trainer.feed.internal;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.ViewSlot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Fills batches on several threads and hands them out in order.
 *
 * <p>Threads claim one sample at a time, of the oldest batch that has any left; a batch is begun
 * when a pair of buffers is free. So at most as many batches exist as there are pairs, a slow image
 * holds up nothing but its own batch, and which thread writes what shows nowhere. The threads live
 * as long as the feed; between epochs they wait.
 */
public final class BatchPipeline implements AutoCloseable {

  private final FeedSettings settings;
  private final Rank rank;
  private final BatchShape shape;
  private final BatchBuffers buffers;
  private final List<Thread> threads = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition workOrRoom = lock.newCondition();
  private final Condition progress = lock.newCondition();
  // All guarded by lock.
  private final Deque<BatchAssembly> open = new ArrayDeque<>();
  private SampleWriter.@Nullable Epoch epoch;
  private int nextBatch;
  private int batchCount;
  private @Nullable Throwable failure;
  private boolean closed;

  /** Starts the threads. */
  public BatchPipeline(FeedSettings settings, Rank rank, ImageDecoder decoder) {
    this.settings = settings;
    this.rank = rank;
    this.shape =
        new BatchShape(
            rank.sliceSize(settings.batchSize()), settings.resolution(), settings.resolution());
    // One more than is prefetched: the one that the caller holds.
    this.buffers = new BatchBuffers(shape, settings.prefetchBatches() + 1);
    for (int i = 0; i < settings.decodingThreads(); i++) {
      SampleWriter writer = new SampleWriter(settings, decoder);
      threads.add(Thread.ofPlatform().name("feed-decoder-" + i).daemon().start(() -> work(writer)));
    }
  }

  /** Shape of the batches that are handed out. */
  public BatchShape shape() {
    return shape;
  }

  /** Begins to fill the batches of an epoch, from the given one on. */
  public void begin(int number, PoolSnapshot snapshot, SampleOrder order, int firstBatch) {
    Partners partners = Partners.of(settings.mixing().pairing(), snapshot);
    lock.lock();
    try {
      epoch = new SampleWriter.Epoch(number, snapshot, order, partners);
      nextBatch = firstBatch;
      batchCount = order.batchCount();
      workOrRoom.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Drops what is prefetched; returns when no thread works on it any more. */
  public void end() {
    lock.lock();
    try {
      epoch = null;
      batchCount = 0;
      nextBatch = 0;
      while (open.stream().anyMatch(BatchAssembly::busy)) {
        // The threads end by themselves within one image's time, also when this one is interrupted.
        progress.awaitUninterruptibly();
      }
      open.forEach(assembly -> buffers.giveBack(assembly.buffers()));
      open.clear();
      failure = null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A batch with the number of images that had to be replaced in it.
   *
   * @param replaced images that could not be decoded
   */
  public record Filled(MixedBatch batch, long replaced) {}

  /** The next batch in order, or null when the epoch has no more. */
  public @Nullable Filled next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (failure != null) {
          throw new FeedException("Batches cannot be made: " + failure.getMessage(), failure);
        }
        BatchAssembly head = open.peek();
        if (head != null && head.complete()) {
          open.remove();
          return filled(head);
        }
        if (head == null && nextBatch >= batchCount) {
          return null;
        }
        if (head == null && buffers.lent() > settings.prefetchBatches()) {
          throw new IllegalStateException(
              buffers.lent() + " batches are in use; close them before asking for the next");
        }
        progress.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private Filled filled(BatchAssembly assembly) {
    SampleWriter.Epoch current = epoch;
    if (current == null) {
      throw new IllegalStateException("No epoch is open");
    }
    List<String> imageIds = new ArrayList<>(assembly.size());
    for (int i = 0; i < assembly.size(); i++) {
      imageIds.add(current.snapshot().source(assembly.sample(i).image()).imageId());
    }
    MixedBatch batch =
        new MixedBatch(
            current.number(),
            assembly.index(),
            shape,
            assembly.buffers().first(),
            assembly.buffers().second(),
            assembly.counts(ViewSlot.FIRST),
            assembly.counts(ViewSlot.SECOND),
            imageIds,
            () -> giveBack(assembly.buffers()));
    return new Filled(batch, assembly.replacements());
  }

  private void giveBack(BatchBuffers.Pair pair) {
    buffers.giveBack(pair);
    lock.lock();
    try {
      workOrRoom.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work(SampleWriter writer) {
    try (writer) {
      Claim claim = claim();
      while (claim != null) {
        write(writer, claim);
        claim = claim();
      }
    } catch (InterruptedException e) {
      // Only close() interrupts these threads.
      Thread.currentThread().interrupt();
    }
  }

  private record Claim(SampleWriter.Epoch epoch, BatchAssembly assembly, int sample) {}

  /** Waits for a sample to be written; null when the feed is closed. */
  private @Nullable Claim claim() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        SampleWriter.Epoch current = epoch;
        if (current != null && failure == null) {
          BatchAssembly assembly = assemblyWithWork();
          if (assembly != null) {
            return new Claim(current, assembly, assembly.claim());
          }
        }
        workOrRoom.await();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable BatchAssembly assemblyWithWork() {
    BatchAssembly newest = open.peekLast();
    if (newest != null && newest.hasUnclaimed()) {
      return newest;
    }
    if (nextBatch >= batchCount) {
      return null;
    }
    BatchBuffers.Pair pair = buffers.poll();
    if (pair == null) {
      return null;
    }
    BatchAssembly begun = new BatchAssembly(nextBatch++, shape.batchSize(), pair);
    open.add(begun);
    // The caller takes the first sample; the others may take the rest.
    workOrRoom.signalAll();
    return begun;
  }

  private void write(SampleWriter writer, Claim claim) {
    BatchAssembly assembly = claim.assembly();
    Throwable thrown = null;
    try {
      long position = claim.epoch().order().position(assembly.index(), rank, claim.sample());
      assembly.set(
          claim.sample(),
          writer.write(
              claim.epoch(), position, claim.sample(), assembly.first(), assembly.second()));
    } catch (RuntimeException | Error e) {
      // An error too: a thread that died silently would leave the caller waiting for ever.
      thrown = e;
    }
    lock.lock();
    try {
      assembly.countWritten();
      if (thrown != null && failure == null) {
        failure = thrown;
      }
      if (assembly.complete() || thrown != null || epoch == null) {
        progress.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the threads and frees the buffers.
   *
   * @throws IllegalStateException if a batch is still in use; the threads are ended all the same
   */
  @Override
  public void close() {
    end();
    lock.lock();
    try {
      closed = true;
      workOrRoom.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    buffers.close();
  }
}
