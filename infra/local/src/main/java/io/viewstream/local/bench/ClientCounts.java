package io.viewstream.local.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.augment.GenerationResult;
import java.util.ArrayList;
import java.util.List;

/**
 * What the clients of some processes have done since their start.
 *
 * @param images that got their views, for each client
 * @param requests views asked of the generators
 * @param places what the calls of the generators had room for
 * @param cpuSeconds of the processes
 */
record ClientCounts(List<Long> images, long requests, long places, double cpuSeconds) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Nothing done, by nobody. */
  static final ClientCounts NONE = new ClientCounts(List.of(), 0, 0, 0);

  ClientCounts {
    images = List.copyOf(images);
  }

  /**
   * The counts of one process.
   *
   * @param results of its clients
   */
  static ClientCounts of(List<GenerationResult> results) {
    return new ClientCounts(
        results.stream().map(GenerationResult::sourceImages).toList(),
        results.stream().mapToLong(result -> result.model().requests()).sum(),
        results.stream().mapToLong(result -> result.model().places()).sum(),
        results.stream().mapToDouble(GenerationResult::cpuSeconds).max().orElse(0));
  }

  /** The counts of both. */
  ClientCounts plus(ClientCounts other) {
    List<Long> all = new ArrayList<>(images);
    all.addAll(other.images);
    return new ClientCounts(
        all, requests + other.requests, places + other.places, cpuSeconds + other.cpuSeconds);
  }

  /** Images of all clients. */
  long total() {
    return images.stream().mapToLong(Long::longValue).sum();
  }

  /** Whether there are so many clients and each has done an image. */
  boolean atWork(int clients) {
    return images.size() == clients && images.stream().allMatch(done -> done > 0);
  }

  /** As a line of JSON. */
  String line() {
    try {
      return MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Counts are numbers only", e);
    }
  }

  /**
   * From a line of JSON.
   *
   * @throws IllegalArgumentException when it is none
   */
  static ClientCounts ofLine(String line) {
    try {
      return MAPPER.readValue(line, ClientCounts.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not a line of counts: " + line, e);
    }
  }
}
