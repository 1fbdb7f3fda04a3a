package io.viewstream.trainer.train;

import io.viewstream.kafka.command.JsonReport;
import io.viewstream.trainer.feed.SettledImages;
import io.viewstream.trainer.feed.StreamStatistics;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What came of a training, with what it was.
 *
 * @param result steps, losses, counts
 * @param settings with the runs that were chosen
 * @param syntheticFractionRequested see {@code syntheticFractionAchieved}
 * @param syntheticFractionAchieved of the views in slots that may be synthetic
 * @param settled how far the generation stage was when training began, if it was waited for
 * @param manifest of the training, by which it can be repeated
 * @param engineThreads threads inside one operation
 * @param stream how a feed without end stood when training stopped
 */
public record TrainingOutcome(
    TrainingResult result,
    SettingValues settings,
    double syntheticFractionRequested,
    double syntheticFractionAchieved,
    Optional<SettledImages> settled,
    Path manifest,
    int engineThreads,
    Optional<StreamStatistics> stream) {

  /** Whether there was nothing left to do, so that no feed was opened. */
  public boolean wasComplete() {
    return result.imagesTrained() == 0 && !result.interrupted() && stream.isEmpty();
  }

  /** As a report; what there is no value of, such as the rate of no work, is left out. */
  public JsonReport toReport() {
    JsonReport report =
        new JsonReport()
            .put("steps", result.position().step())
            .put("epochs", result.position().epoch())
            .put("losses", result.losses())
            .put("syntheticFractionRequested", syntheticFractionRequested)
            .put("syntheticFractionAchieved", syntheticFractionAchieved)
            .put(
                "fallbackViews",
                result.counts().first().fallback() + result.counts().second().fallback())
            .put("replacedImages", result.counts().replacedImages())
            .put("seconds", result.duration().toNanos() / 1e9)
            .put("secondsOfParts", result.times().toReport())
            .put("interrupted", result.interrupted())
            .put("engineThreads", engineThreads)
            .put("settingsHash", settings.hash())
            .put("settings", settings.plain())
            .put("settingSources", settings.sources())
            .put("manifest", manifest.toString());
    if (!wasComplete()) {
      report.put("imagesPerSecond", result.imagesPerSecond());
    }
    result.checkpoint().ifPresent(file -> report.put("checkpoint", file.toString()));
    stream.ifPresent(
        statistics -> {
          for (StreamMeter meter : StreamMeter.values()) {
            report.put(meter.reportKey(), meter.reported(statistics));
          }
        });
    settled.ifPresent(
        images ->
            report
                .put("settledImages", images.settled())
                .put("unsettledImages", images.unsettled()));
    return report;
  }
}
