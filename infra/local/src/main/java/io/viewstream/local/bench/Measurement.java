package io.viewstream.local.bench;

import io.viewstream.kafka.command.JsonReport;

/**
 * One thing that was run for a while.
 *
 * @param name what was run
 * @param unit what was counted, in the plural: images, views or records
 * @param amount how many
 * @param bytes that went through, or 0 where that says nothing
 * @param seconds of wall time
 * @param cpuSeconds of the processors
 */
record Measurement(
    String name, String unit, long amount, long bytes, double seconds, double cpuSeconds) {

  private static final double SHORTEST = 1e-9;

  double perSecond() {
    return amount / Math.max(SHORTEST, seconds);
  }

  double bytesPerSecond() {
    return bytes / Math.max(SHORTEST, seconds);
  }

  double cpuSecondsPerThousand() {
    return amount == 0 ? 0 : 1000 * cpuSeconds / amount;
  }

  /** Throughput as a part of another's. */
  double ratioTo(Measurement bound) {
    return perSecond() / Math.max(SHORTEST, bound.perSecond());
  }

  /** Work per second of processor time as a part of another's. */
  double cpuRatioTo(Measurement bound) {
    return bound.cpuSecondsPerThousand() / Math.max(SHORTEST, cpuSecondsPerThousand());
  }

  /** Both runs together, under the name of this one. */
  Measurement plus(Measurement other) {
    return new Measurement(
        name,
        unit,
        amount + other.amount,
        bytes + other.bytes,
        seconds + other.seconds,
        cpuSeconds + other.cpuSeconds);
  }

  JsonReport report() {
    JsonReport report =
        new JsonReport()
            .put("name", name)
            .put(unit, amount)
            .put("seconds", seconds)
            .put("cpuSeconds", cpuSeconds)
            .put(unit + "PerSecond", perSecond())
            .put(
                "cpuSecondsPer1000" + Character.toUpperCase(unit.charAt(0)) + unit.substring(1),
                cpuSecondsPerThousand());
    return bytes == 0 ? report : report.put("bytes", bytes).put("bytesPerSecond", bytesPerSecond());
  }
}
