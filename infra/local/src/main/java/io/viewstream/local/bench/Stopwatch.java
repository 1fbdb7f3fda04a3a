package io.viewstream.local.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Wall time and processor time of this process, from its making on. */
final class Stopwatch {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final double NANOS = 1e9;

  private final long startNanos = System.nanoTime();
  private final long startCpuNanos = SYSTEM.getProcessCpuTime();

  double seconds() {
    return (System.nanoTime() - startNanos) / NANOS;
  }

  double cpuSeconds() {
    return (SYSTEM.getProcessCpuTime() - startCpuNanos) / NANOS;
  }

  /** What was done since this watch was made. */
  Measurement measured(String name, String unit, long amount, long bytes) {
    return new Measurement(name, unit, amount, bytes, seconds(), cpuSeconds());
  }
}
