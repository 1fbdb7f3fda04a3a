package io.viewstream.augment.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.augment.ModelUse;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.PhotometricGenerator;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ErrorCategory;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class GenerationMetricsTest {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private static ObjectName bean(String tags) throws JMException {
    return new ObjectName("viewstream.augment:type=generation," + tags);
  }

  @Test
  void shouldPublishEveryMeterAndTakeItAwayAtTheEnd() throws JMException {
    try (GenerationMetrics metrics = new GenerationMetrics("metered")) {
      metrics.settled(3);
      metrics.givenUp(ErrorCategory.MODEL);
      metrics.record(StageMeter.DECODE, 2_000_000);

      Set<String> names = new TreeSet<>();
      for (MBeanAttributeInfo attribute :
          SERVER.getMBeanInfo(bean("run=metered")).getAttributes()) {
        names.add(attribute.getName());
      }
      assertThat(names)
          .containsExactlyInAnyOrder(
              "source-images-rate",
              "source-images-total",
              "synthetic-views-rate",
              "synthetic-views-total",
              "decode-time-avg",
              "decode-time-max",
              "generate-time-avg",
              "generate-time-max",
              "encode-time-avg",
              "encode-time-max",
              "inference-time-avg",
              "inference-time-max",
              "batch-fill-avg");
      assertThat(SERVER.getAttribute(bean("run=metered"), "synthetic-views-total")).isEqualTo(3.0);
      assertThat(SERVER.getAttribute(bean("run=metered"), "decode-time-max")).isEqualTo(2.0);
      assertThat(SERVER.getAttribute(bean("category=model,run=metered"), "dead-letters-total"))
          .isEqualTo(1.0);
      assertThat(metrics.settled()).isEqualTo(1);
      assertThat(metrics.views()).isEqualTo(3);
      assertThat(metrics.deadLetters()).isEqualTo(1);
    }
    assertThat(SERVER.isRegistered(bean("run=metered"))).isFalse();
  }

  @Test
  void shouldTimeCallsOfTheModelAndTheFillOfTheirBatches() throws JMException {
    AtomicLong nanos = new AtomicLong();
    RgbImage image = RgbImage.filled(8, 8, 0x336699);
    try (GenerationMetrics metrics = new GenerationMetrics("png");
        MeteredGenerator generator =
            new MeteredGenerator(
                new PhotometricGenerator(), metrics, () -> nanos.getAndAdd(5_000_000))) {
      int best = generator.description().bestBatchSize();
      generator.generate(
          LongStream.range(0, best / 2)
              .mapToObj(seed -> new GenerationRequest(image, seed))
              .toList());
      generator.generate(List.of(new GenerationRequest(image, 1)));

      assertThat(SERVER.getAttribute(bean("run=png"), "inference-time-avg")).isEqualTo(5.0);
      assertThat((double) SERVER.getAttribute(bean("run=png"), "batch-fill-avg"))
          .isEqualTo((0.5 + 1.0 / best) / 2);
      assertThat(metrics.model())
          .isEqualTo(new ModelUse(2, best / 2 + 1, 2L * best, 0.01))
          .extracting(ModelUse::batchFill, ModelUse::meanCallMillis)
          .containsExactly((best / 2 + 1) / (2.0 * best), 5.0);
    }
  }
}
