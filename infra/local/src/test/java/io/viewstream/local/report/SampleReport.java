package io.viewstream.local.report;

import io.viewstream.local.inspect.ImageSample;
import io.viewstream.local.inspect.SampleRecords;
import io.viewstream.local.report.DemoReport.Accuracy;
import io.viewstream.local.report.DemoReport.Counts;
import io.viewstream.local.report.DemoReport.Mixing;
import io.viewstream.local.report.DemoReport.NextStep;
import io.viewstream.local.report.DemoReport.Setting;
import io.viewstream.local.report.DemoReport.Stage;
import io.viewstream.schemas.SourceImage;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A report as a demo could give it. */
final class SampleReport {

  private SampleReport() {}

  static DemoReport of(String label, List<Float> losses, Optional<Accuracy> accuracy) {
    List<ImageSample> samples = new ArrayList<>();
    for (int row = 0; row < 6; row++) {
      int colour = 0x3050a0 + row * 0x201810;
      SourceImage source =
          SampleRecords.source(
              "shapes/" + label + "/" + row, label, SampleRecords.disc(32, colour, 0xd8d0c0));
      samples.add(
          new ImageSample(
              source,
              List.of(
                  SampleRecords.view(
                      source, "run", 1, SampleRecords.disc(32, colour + 0x30, 0xc0d0d8)),
                  SampleRecords.view(
                      source, "run", 0, SampleRecords.disc(32, colour + 0x3000, 0xd0c8d8)))));
    }
    return new DemoReport(
        ZonedDateTime.of(2026, 1, 2, 3, 4, 0, 0, ZoneOffset.UTC),
        "2 cores, Linux, Java 25",
        "0.1.0",
        new Counts(2_000, 8_000, 4, 3, 0),
        new Mixing(0.5, 0.4962, 12_800, 0),
        losses,
        25,
        "SimCLR",
        accuracy,
        accuracy.isPresent() ? "Training never saw them." : "the images have no labels",
        List.of(
            new Stage("Start", "broker and registry", Duration.ofMillis(5_230), 0, "", 0),
            new Stage(
                "Ingest",
                "images into the topic",
                Duration.ofMillis(1_830),
                2_000,
                "images",
                1_093),
            new Stage(
                "Generate", "views of each", Duration.ofMillis(12_400), 8_000, "views", 645.4),
            new Stage(
                "Train", "SimCLR on mixed batches", Duration.ofSeconds(84), 12_800, "images", 152),
            new Stage("Evaluate", "probe", Duration.ofMillis(9_100), 2_500, "images", 0)),
        List.of(new Setting("--views", "4", "views of each image")),
        samples,
        List.of(new NextStep("Your own images", "./viewstream demo --images photos/")));
  }

  static List<Float> fallingLosses(int steps) {
    List<Float> losses = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      losses.add((float) (2.2 + 2.9 * Math.exp(-step / 60.0) + 0.12 * Math.sin(step * 1.7)));
    }
    return losses;
  }

  static Accuracy accuracy() {
    return new Accuracy(0.712, 0.655, 0.1, 10, 2_000, 500);
  }
}
