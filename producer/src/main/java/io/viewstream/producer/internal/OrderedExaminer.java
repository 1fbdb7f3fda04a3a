package io.viewstream.producer.internal;

import io.viewstream.imaging.source.SourceEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Examines entries on several threads and gives the results back in the order of the entries. At
 * most so many entries as given are in memory; one more waits for the oldest. Used by one thread.
 */
public final class OrderedExaminer implements AutoCloseable {
  private final ImageExaminer examiner;
  private final int capacity;
  private final ExecutorService threads;
  private final Deque<Future<Examined>> pending = new ArrayDeque<>();

  /**
   * Starts the threads.
   *
   * @param capacity how many entries are in memory at most
   */
  public OrderedExaminer(ImageExaminer examiner, int threadCount, int capacity) {
    this.examiner = examiner;
    this.capacity = capacity;
    this.threads =
        Executors.newFixedThreadPool(
            threadCount, Thread.ofPlatform().name("examine-", 0).daemon().factory());
  }

  /** Takes an entry; gives the oldest result when there is no more room. */
  public Optional<Examined> offer(SourceEntry entry) throws InterruptedException {
    pending.add(threads.submit(() -> examiner.examine(entry)));
    return pending.size() < capacity ? Optional.empty() : poll();
  }

  /** The oldest result; empty when there are no more. */
  public Optional<Examined> poll() throws InterruptedException {
    Future<Examined> oldest = pending.poll();
    if (oldest == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(oldest.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("Examining an image failed", e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
