package io.viewstream.producer.internal;

import io.viewstream.imaging.source.SourceEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Examines entries on several threads and gives the results back in the order of the entries. Small
 * ones go together, since handing one over costs as much as examining it. Memory is bounded by the
 * number of such groups; one more waits for the oldest. Used by one thread.
 */
public final class OrderedExaminer implements AutoCloseable {
  /** A group is closed when it has so many entries, or so many bytes. */
  private static final int GROUP_ENTRIES = 64;

  private static final long GROUP_BYTES = 128 * 1024;

  private final ImageExaminer examiner;
  private final int capacity;
  private final ExecutorService threads;
  private final Deque<Future<List<Examined>>> pending = new ArrayDeque<>();
  private List<SourceEntry> group = new ArrayList<>();
  private long groupBytes;

  /**
   * Starts the threads.
   *
   * @param capacity how many groups of entries are in memory at most
   */
  public OrderedExaminer(ImageExaminer examiner, int threadCount, int capacity) {
    this.examiner = examiner;
    this.capacity = capacity;
    this.threads =
        Executors.newFixedThreadPool(
            threadCount, Thread.ofPlatform().name("examine-", 0).daemon().factory());
  }

  /** Takes an entry; gives the oldest results when there is no more room. */
  public List<Examined> offer(SourceEntry entry) throws InterruptedException {
    group.add(entry);
    groupBytes += bytes(entry);
    if (group.size() < GROUP_ENTRIES && groupBytes < GROUP_BYTES) {
      return List.of();
    }
    submit();
    return pending.size() < capacity ? List.of() : poll().orElseThrow();
  }

  private static long bytes(SourceEntry entry) {
    return switch (entry) {
      case SourceEntry.ImageFile file -> file.content().remaining();
      case SourceEntry.RejectedFile file -> file.start().remaining();
    };
  }

  private void submit() {
    List<SourceEntry> entries = group;
    group = new ArrayList<>();
    groupBytes = 0;
    pending.add(
        threads.submit(
            () -> {
              List<Examined> examined = new ArrayList<>(entries.size());
              for (SourceEntry entry : entries) {
                examined.add(examiner.examine(entry));
              }
              return examined;
            }));
  }

  /** The oldest results; empty when there are no more. */
  public Optional<List<Examined>> poll() throws InterruptedException {
    if (pending.isEmpty() && !group.isEmpty()) {
      submit();
    }
    Future<List<Examined>> oldest = pending.poll();
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
