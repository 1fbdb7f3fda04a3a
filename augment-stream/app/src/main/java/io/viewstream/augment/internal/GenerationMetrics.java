package io.viewstream.augment.internal;

import io.viewstream.augment.ModelUse;
import io.viewstream.schemas.ErrorCategory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.CumulativeSum;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.common.metrics.stats.Rate;
import org.apache.kafka.common.utils.Time;

/**
 * The stage's meters while it runs. Counts are of what was forwarded: an aborted transaction is
 * counted, and so is its repetition, hence exact numbers come from the topics ({@code
 * SyntheticViewAudit}). Safe for use by several threads.
 */
public final class GenerationMetrics implements AutoCloseable {
  private static final String NAMESPACE = "viewstream.augment";
  private static final String GROUP = "generation";
  private static final double NANOS_PER_MILLISECOND = Duration.ofMillis(1).toNanos();
  private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  private final Metrics metrics;
  private final Map<StageMeter, Sensor> sensors = new EnumMap<>(StageMeter.class);
  private final Map<ErrorCategory, Sensor> deadLetterSensors = new EnumMap<>(ErrorCategory.class);
  private final LongAdder settled = new LongAdder();
  private final LongAdder views = new LongAdder();
  private final LongAdder deadLetters = new LongAdder();
  private final LongAdder calls = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder places = new LongAdder();
  private final LongAdder callNanos = new LongAdder();

  /** Opens the meters of a run and publishes them. */
  public GenerationMetrics(String run) {
    this.metrics =
        new Metrics(
            new MetricConfig(),
            List.of(new JmxReporter()),
            Time.SYSTEM,
            new KafkaMetricsContext(NAMESPACE));
    for (StageMeter meter : StageMeter.values()) {
      if (meter != StageMeter.DEAD_LETTERS) {
        sensors.put(meter, sensor(meter, meter.label(), Map.of("run", run)));
      }
    }
    for (ErrorCategory category : ErrorCategory.values()) {
      String tag = category.name().toLowerCase(Locale.ROOT);
      Map<String, String> tags = new TreeMap<>(Map.of("run", run, "category", tag));
      deadLetterSensors.put(
          category, sensor(StageMeter.DEAD_LETTERS, StageMeter.DEAD_LETTERS.label() + tag, tags));
    }
  }

  private Sensor sensor(StageMeter meter, String sensorName, Map<String, String> tags) {
    Sensor sensor = metrics.sensor(sensorName);
    switch (meter.kind()) {
      case COUNT -> {
        sensor.add(name(meter, "-rate", tags), new Rate());
        sensor.add(name(meter, "-total", tags), new CumulativeSum());
      }
      case TIME -> {
        sensor.add(name(meter, "-time-avg", tags), new Avg());
        sensor.add(name(meter, "-time-max", tags), new Max());
      }
      case RATIO -> sensor.add(name(meter, "-avg", tags), new Avg());
    }
    return sensor;
  }

  private MetricName name(StageMeter meter, String suffix, Map<String, String> tags) {
    return metrics.metricName(meter.label() + suffix, GROUP, meter.description(), tags);
  }

  private Sensor sensor(StageMeter meter) {
    Sensor sensor = sensors.get(meter);
    if (sensor == null) {
      throw new IllegalArgumentException(meter + " has a meter per category");
    }
    return sensor;
  }

  /** A record got its views. */
  void settled(int viewCount) {
    settled.increment();
    views.add(viewCount);
    sensor(StageMeter.SETTLED).record();
    sensor(StageMeter.VIEWS).record(viewCount);
  }

  /** A record was given up. */
  void givenUp(ErrorCategory category) {
    deadLetters.increment();
    Sensor sensor = deadLetterSensors.get(category);
    if (sensor != null) {
      sensor.record();
    }
  }

  /** A stage took so long. */
  void record(StageMeter meter, long nanos) {
    sensor(meter).record(nanos / NANOS_PER_MILLISECOND);
  }

  /** A call of the model took so long and had so many requests of the best number. */
  void called(long nanos, int requestCount, int bestBatchSize) {
    record(StageMeter.INFERENCE, nanos);
    sensor(StageMeter.BATCH_FILL).record((double) requestCount / bestBatchSize);
    calls.increment();
    requests.add(requestCount);
    places.add(bestBatchSize);
    callNanos.add(nanos);
  }

  /** The calls of the model, since the start. */
  public ModelUse model() {
    return new ModelUse(
        calls.sum(), requests.sum(), places.sum(), callNanos.sum() / NANOS_PER_SECOND);
  }

  /** Records that got their views, since the start. */
  public long settled() {
    return settled.sum();
  }

  /** Views forwarded, since the start. */
  public long views() {
    return views.sum();
  }

  /** Records given up, since the start. */
  public long deadLetters() {
    return deadLetters.sum();
  }

  @Override
  public void close() {
    metrics.close();
  }
}
