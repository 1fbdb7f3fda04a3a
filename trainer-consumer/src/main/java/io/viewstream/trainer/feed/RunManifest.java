package io.viewstream.trainer.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.viewstream.kafka.command.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The file that makes a training run repeatable: its settings, then every horizon it saw, and what
 * else its owner notes.
 *
 * <p>The format is one JSON object per line, each with a {@code "kind"}: first {@code settings}
 * (with {@code "version":1} and the given values), then {@code horizon} for each epoch and other
 * kinds as they come. Every line is on disk before {@link #append} returns. A last line that lacks
 * its end was never acknowledged and is cut on opening.
 *
 * <p>Horizons stay in the file and are read when they are asked for, so that a training without end
 * keeps 12 bytes of each of its windows in memory.
 *
 * <p>One thread uses a manifest, and one process at a time writes a file.
 */
public final class RunManifest implements AutoCloseable {

  /** Version of the format. */
  public static final int VERSION = 1;

  private static final String KIND = "kind";
  private static final String SETTINGS = "settings";
  private static final String HORIZON = "horizon";
  private static final ObjectMapper JSON =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, false);
  private static final int READ_BYTES = 1 << 13;
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private final Path file;
  private final FileChannel channel;
  private final List<Map<String, Object>> entries = new ArrayList<>();
  // The epochs that were begun, ascending, and where the line of each one's horizon begins.
  private int[] epochs = new int[0];
  private long[] horizonLines = new long[0];
  private int horizons;

  private RunManifest(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Begins the manifest of a new run.
   *
   * @param file must not be there yet
   * @param settings what decides the run's result, to be compared by whoever resumes or replays it;
   *     numbers, strings, booleans, lists and maps of these
   * @throws FeedException if the file is there or cannot be written
   */
  public static RunManifest create(Path file, Map<String, Object> settings) {
    try {
      RunManifest manifest =
          new RunManifest(
              file,
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE));
      try {
        manifest.keepOthersOut();
        manifest.append(SETTINGS, Map.of("version", VERSION, SETTINGS, settings));
        forceFolder(file.toAbsolutePath().getParent());
        return manifest;
      } catch (IOException | RuntimeException e) {
        // On a full disk, say: an empty one would be in the way of the next run.
        try (manifest) {
          Files.delete(file);
        } catch (IOException left) {
          e.addSuppressed(left);
        }
        throw e;
      }
    } catch (FileAlreadyExistsException e) {
      throw new FeedException(
          "The manifest " + file + " is there already; resume its run or choose another folder", e);
    } catch (IOException e) {
      throw new FeedException("Cannot write the manifest " + file + ": " + Reason.of(e), e);
    }
  }

  /**
   * Begins the manifest of a run that repeats another one: it starts with the other's horizons, so
   * that no new ones are taken for these epochs.
   */
  public static RunManifest createReplay(
      Path file, Map<String, Object> settings, RunManifest recorded) {
    RunManifest manifest = create(file, settings);
    for (int i = 0; i < recorded.horizons; i++) {
      manifest.append(recorded.horizonAt(i));
    }
    return manifest;
  }

  /**
   * Opens the manifest of a run that is to go on.
   *
   * @throws FeedException if the file cannot be read, is no manifest, or another one writes it
   */
  public static RunManifest open(Path file) {
    return open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /**
   * Reads the manifest of a run that may still be writing it; the file is left as it is, and
   * nothing can be appended.
   *
   * @throws FeedException if the file cannot be read or is no manifest
   */
  public static RunManifest read(Path file) {
    return open(file, Set.of(StandardOpenOption.READ));
  }

  private static RunManifest open(Path file, Set<StandardOpenOption> options) {
    try {
      FileChannel channel = FileChannel.open(file, options);
      RunManifest manifest = new RunManifest(file, channel);
      try {
        boolean writes = options.contains(StandardOpenOption.WRITE);
        if (writes) {
          manifest.keepOthersOut();
        }
        long end = manifest.read();
        if (writes) {
          channel.truncate(end).position(end);
        }
        return manifest;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new FeedException("Cannot read the manifest " + file + ": " + Reason.of(e), e);
    }
  }

  /** Until the channel is closed, or the process is killed. */
  private void keepOthersOut() {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // This process holds it: the same answer as for any other process.
    } catch (IOException e) {
      // A file system without locks, as clusters may have one, is as good for the rest.
      return;
    }
    throw new FeedException(
        "The manifest "
            + file
            + " is in use by another training; wait for its end or choose another folder");
  }

  /** Takes the lines in, and gives the position behind the last whole one. */
  private long read() throws IOException {
    // Line by line, since a training without end has a manifest without end.
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    ByteBuffer part = ByteBuffer.allocate(READ_BYTES);
    long number = 0;
    long end = 0;
    for (long position = 0; channel.read(part.clear(), position) > 0; ) {
      byte[] bytes = part.array();
      int start = 0;
      for (int i = 0; i < part.position(); i++) {
        if (bytes[i] == '\n') {
          line.write(bytes, start, i - start);
          number++;
          note(line.toByteArray(), end, number);
          line.reset();
          start = i + 1;
          end = position + start;
        }
      }
      line.write(bytes, start, part.position() - start);
      position += part.position();
    }
    if (entries.isEmpty()
        || !SETTINGS.equals(entries.getFirst().get(KIND))
        || !Integer.valueOf(VERSION).equals(entries.getFirst().get("version"))) {
      throw new FeedException(
          "The file "
              + file
              + " is no manifest of version "
              + VERSION
              + ": its first line is other");
    }
    return end;
  }

  private void note(byte[] line, long start, long number) throws IOException {
    try {
      note(JSON.readValue(line, OBJECT), start);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new FeedException(
          "Line " + number + " of the manifest " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void note(Map<String, Object> entry, long start) {
    if (!HORIZON.equals(entry.get(KIND))) {
      entries.add(Collections.unmodifiableMap(entry));
      return;
    }
    int epoch = JSON.convertValue(entry.get(HORIZON), EpochHorizon.class).epoch();
    if (horizons > 0 && epoch <= epochs[horizons - 1]) {
      throw new IllegalArgumentException(
          "epoch %d follows epoch %d".formatted(epoch, epochs[horizons - 1]));
    }
    if (horizons == epochs.length) {
      int capacity = Math.max(16, horizons + (horizons >> 1));
      epochs = Arrays.copyOf(epochs, capacity);
      horizonLines = Arrays.copyOf(horizonLines, capacity);
    }
    epochs[horizons] = epoch;
    horizonLines[horizons++] = start;
  }

  /** Where the manifest is. */
  public Path file() {
    return file;
  }

  /** The settings that the run was created with. */
  public Map<String, Object> settings() {
    return JSON.convertValue(entries.getFirst().getOrDefault(SETTINGS, Map.of()), OBJECT);
  }

  /** The horizon of an epoch, if the epoch was begun. */
  public Optional<EpochHorizon> horizon(int epoch) {
    int found = Arrays.binarySearch(epochs, 0, horizons, epoch);
    return found < 0 ? Optional.empty() : Optional.of(horizonAt(found));
  }

  private EpochHorizon horizonAt(int index) {
    try {
      Map<String, Object> entry = JSON.readValue(lineAt(horizonLines[index]), OBJECT);
      return JSON.convertValue(entry.get(HORIZON), EpochHorizon.class);
    } catch (IOException e) {
      throw new FeedException("Cannot read the manifest " + file + ": " + Reason.of(e), e);
    }
  }

  /** The horizons of all epochs that were begun, in the order of epochs; each read when taken. */
  public Stream<EpochHorizon> horizons() {
    return IntStream.range(0, horizons).mapToObj(this::horizonAt);
  }

  private byte[] lineAt(long start) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    ByteBuffer part = ByteBuffer.allocate(READ_BYTES);
    while (channel.read(part.clear(), start + line.size()) > 0) {
      byte[] bytes = part.array();
      for (int i = 0; i < part.position(); i++) {
        if (bytes[i] == '\n') {
          line.write(bytes, 0, i);
          return line.toByteArray();
        }
      }
      line.write(bytes, 0, part.position());
    }
    throw new IOException("the line at " + start + " has no end");
  }

  /** Notes the horizon of an epoch; on disk when this returns. */
  void append(EpochHorizon horizon) {
    append(HORIZON, Map.of(HORIZON, horizon));
  }

  /** All entries of a kind other than horizons, in the order of their writing. */
  public List<Map<String, Object>> entries(String kind) {
    return entries.stream().filter(entry -> kind.equals(entry.get(KIND))).toList();
  }

  /**
   * Notes something; on disk when this returns.
   *
   * @param kind tells entries apart
   * @param values anything that JSON can say
   * @throws FeedException if the file cannot be written
   */
  public void append(String kind, Map<String, ?> values) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put(KIND, kind);
    entry.putAll(values);
    try {
      byte[] line = (JSON.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8);
      long start = channel.position();
      ByteBuffer buffer = ByteBuffer.wrap(line);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
      note(JSON.readValue(line, OBJECT), start);
    } catch (IOException e) {
      throw new FeedException("Cannot write the manifest " + file + ": " + Reason.of(e), e);
    }
  }

  private static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new FeedException("Cannot close the manifest " + file + ": " + Reason.of(e), e);
    }
  }
}
