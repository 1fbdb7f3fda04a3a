package io.viewstream.trainer.train;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Wall time of a training by part; what is in none is zero.
 *
 * @param parts of the whole
 */
public record StepTimes(Map<StepPart, Duration> parts) {

  /** Copies the map. */
  public StepTimes {
    Map<StepPart, Duration> copy = new EnumMap<>(StepPart.class);
    for (StepPart part : StepPart.values()) {
      copy.put(part, parts.getOrDefault(part, Duration.ZERO));
    }
    parts = Map.copyOf(copy);
  }

  /** The time of one part. */
  public Duration of(StepPart part) {
    return parts.getOrDefault(part, Duration.ZERO);
  }

  /** All parts together. */
  public Duration total() {
    return parts.values().stream().reduce(Duration.ZERO, Duration::plus);
  }

  /** The part of the whole, in [0, 1], that is not the engine's; 0 where nothing was done. */
  public double fractionOutsideEngine() {
    double total = total().toNanos();
    return total == 0 ? 0 : 1 - of(StepPart.ENGINE).toNanos() / total;
  }

  /** Seconds of each part under its key of the report, and the fraction. */
  public Map<String, Object> toReport() {
    Map<String, Object> report = new LinkedHashMap<>();
    for (StepPart part : StepPart.values()) {
      report.put(part.reportKey(), of(part).toNanos() / 1e9);
    }
    report.put("fractionOutsideEngine", fractionOutsideEngine());
    return report;
  }
}
