package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.StreamStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;

/** Publishes the {@link StreamMeter}s of a training over JMX while it runs. */
final class StreamMetrics implements AutoCloseable {

  private static final String NAMESPACE = "viewstream.train";
  private static final String GROUP = "stream";

  private final Metrics metrics =
      new Metrics(
          new MetricConfig(),
          List.of(new JmxReporter()),
          Time.SYSTEM,
          new KafkaMetricsContext(NAMESPACE));

  /**
   * Publishes.
   *
   * @param statistics asked whenever somebody looks, on that thread
   */
  StreamMetrics(Supplier<StreamStatistics> statistics) {
    for (StreamMeter meter : StreamMeter.values()) {
      Gauge<Double> gauge = (configuration, now) -> meter.of(statistics.get());
      metrics.addMetric(
          metrics.metricName(meter.label(), GROUP, meter.description(), Map.of()), gauge);
    }
  }

  @Override
  public void close() {
    metrics.close();
  }
}
