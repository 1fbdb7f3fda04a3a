package io.viewstream.trainer.export.internal;

import io.viewstream.trainer.evaluate.FeatureBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Features that come batch by batch and whose number is not known before the end: the values wait
 * in a file, ids and labels in memory. Deletes its file when it is closed. Used by one thread.
 */
public final class FeatureSpool implements AutoCloseable {

  private static final long NO_CLASS = -1;

  private final Path file;
  private final FileChannel channel;
  private final String dataset;
  private final int dimension;
  private final List<String> ids = new ArrayList<>();
  private final Map<String, Long> classes = new LinkedHashMap<>();
  private long[] labels = new long[1024];

  /**
   * An empty one.
   *
   * @param file to be created for the values
   * @param dataset first part of the ids
   * @param dimension features of one image
   */
  public FeatureSpool(Path file, String dataset, int dimension) throws IOException {
    this.file = file;
    this.dataset = dataset;
    this.dimension = dimension;
    this.channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** Images so far. */
  public long count() {
    return ids.size();
  }

  /**
   * Adds images with the features of the only encoder.
   *
   * @throws UncheckedIOException if they cannot be written
   */
  public void add(FeatureBatch batch) {
    for (FeatureBatch.Image image : batch.images()) {
      if (ids.size() == labels.length) {
        labels = Arrays.copyOf(labels, 2 * labels.length);
      }
      labels[ids.size()] = image.label().map(this::classOf).orElse(NO_CLASS);
      ids.add(dataset + "/" + image.path());
    }
    float[] values = batch.features().getFirst();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Long classOf(String label) {
    return classes.computeIfAbsent(label, unknown -> (long) classes.size());
  }

  /**
   * All that was added, as it is until this spool is closed.
   *
   * @param metadata what the encoder is, as text by key
   */
  public FeatureFile finish(Map<String, String> metadata) {
    return new FeatureFile(
        file,
        dimension,
        ids,
        Arrays.copyOf(labels, ids.size()),
        List.copyOf(classes.keySet()),
        metadata);
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    }
  }
}
