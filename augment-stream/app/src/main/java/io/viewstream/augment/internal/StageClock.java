package io.viewstream.augment.internal;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Time since a stage was started, by the clock and by the processors. */
public final class StageClock {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long startNanos = System.nanoTime();
  private final long startCpuNanos = processCpuNanos();

  /** Seconds of wall time. */
  public double seconds() {
    return (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
  }

  /** Seconds of processor time of the whole process; 0 where the system does not tell. */
  public double cpuSeconds() {
    return (processCpuNanos() - startCpuNanos) / NANOS_PER_SECOND;
  }

  private static long processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
