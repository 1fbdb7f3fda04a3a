package io.viewstream.local.demo;

import io.viewstream.augment.GenerationResult;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.local.inspect.InspectionResult;
import io.viewstream.local.internal.ProjectVersion;
import io.viewstream.local.report.DemoReport;
import io.viewstream.local.report.DemoReport.Counts;
import io.viewstream.local.report.DemoReport.Mixing;
import io.viewstream.local.report.DemoReport.NextStep;
import io.viewstream.local.report.DemoReport.Setting;
import io.viewstream.local.report.DemoReport.Stage;
import io.viewstream.producer.IngestResult;
import io.viewstream.trainer.feed.SlotCounts;
import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;
import io.viewstream.trainer.train.TrainingOutcome;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results of all stages, and how they are told.
 *
 * @param settings what was asked for
 * @param work where everything is
 * @param ingest of the images
 * @param generation of the views
 * @param inspection of the topics, by a reader of committed records
 * @param training on mixed batches
 * @param evaluation of the features
 * @param stages with their times
 */
record DemoResults(
    DemoSettings settings,
    WorkFolder work,
    IngestResult ingest,
    GenerationResult generation,
    InspectionResult inspection,
    TrainingOutcome training,
    FeatureTest evaluation,
    List<Stage> stages) {

  /** As a page tells it. */
  DemoReport page(ZonedDateTime now) {
    SlotCounts second = training.result().counts().second();
    return new DemoReport(
        now,
        "%d cores, %s, Java %s"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                Runtime.version().feature()),
        ProjectVersion.current(),
        new Counts(
            inspection.sourceImages(),
            inspection.syntheticViews(),
            settings.views(),
            inspection.deadLetterCount(),
            inspection.duplicates()),
        new Mixing(
            training.syntheticFractionRequested(),
            training.syntheticFractionAchieved(),
            second.total(),
            second.fallback()),
        training.result().losses(),
        stepsPerEpoch(),
        methodName(),
        evaluation.accuracy(),
        evaluation.note(),
        stages,
        settingRows(),
        inspection.samples(),
        nextSteps());
  }

  /** As a program reads it. */
  JsonReport report(double seconds, double cpuSeconds) {
    JsonReport report =
        new JsonReport()
            .put("sourceImages", inspection.sourceImages())
            .put("syntheticViews", inspection.syntheticViews())
            .put("deadLetters", inspection.deadLetterCount())
            .put("duplicates", inspection.duplicates())
            .put("run", generation.run())
            .put("imagesPerSecond", training.result().imagesPerSecond())
            .put("viewsPerSecond", generation.viewsPerSecond())
            .put("syntheticFractionRequested", training.syntheticFractionRequested())
            .put("syntheticFractionAchieved", training.syntheticFractionAchieved())
            .put("steps", training.result().position().step())
            .put("losses", training.result().losses());
    evaluation
        .accuracy()
        .ifPresent(
            accuracy ->
                report
                    .put("linearProbeTop1", accuracy.linearProbe())
                    .put("knnTop1", accuracy.nearestNeighbours())
                    .put("chance", accuracy.chance()));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Stage stage : stages) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("stage", stage.name());
      row.put("seconds", stage.duration().toNanos() / 1e9);
      if (stage.amount() > 0) {
        row.put("amount", stage.amount());
        row.put("unit", stage.unit());
        row.put("perSecond", stage.perSecond());
      }
      rows.add(row);
    }
    return report
        .put("stages", rows)
        .put("seconds", seconds)
        .put("cpuSeconds", cpuSeconds)
        .put("settings", training.settings().plain())
        .put("workFolder", work.path().toString())
        .put("page", work.reportPage().toString());
  }

  private int stepsPerEpoch() {
    int epochs = training.result().position().epoch();
    return epochs == 0 ? 0 : training.result().losses().size() / epochs;
  }

  /** As papers write it. */
  private String methodName() {
    return switch (MethodName.named(settings.method())) {
      case SIMCLR -> "SimCLR";
      case BYOL -> "BYOL";
      case MOCO -> "MoCo v2+";
      case SIMSIAM -> "SimSiam";
      case BARLOW_TWINS -> "Barlow Twins";
    };
  }

  private List<Setting> settingRows() {
    SettingValues values = training.settings();
    List<Setting> rows = new ArrayList<>();
    rows.add(new Setting("--images", settings.images(), "where the images came from"));
    rows.add(new Setting("--limit", Long.toString(settings.limit()), "images at most"));
    rows.add(new Setting("--views", Integer.toString(settings.views()), "views of each image"));
    rows.add(new Setting("--generator", settings.generator(), "what made the views"));
    rows.add(new Setting("--method", settings.method(), "of self-supervised learning"));
    rows.add(
        new Setting(
            "--generative-probability",
            values.text(SettingKey.GENERATIVE_PROBABILITY),
            "of a synthetic view in the second slot"));
    rows.add(
        new Setting("--epochs", Integer.toString(settings.epochs()), "passes over the images"));
    rows.add(new Setting("--seed", Long.toString(settings.seed()), "of everything that is drawn"));
    rows.add(
        new Setting("batch size", values.text(SettingKey.BATCH_SIZE), "images in a training step"));
    rows.add(
        new Setting(
            "network",
            "%s, width %s"
                .formatted(values.text(SettingKey.BACKBONE), values.text(SettingKey.WIDTH)),
            "narrow, so that a CPU trains it in a minute or two"));
    rows.add(new Setting("run", generation.run(), "name of these views in the topic"));
    return rows;
  }

  private List<NextStep> nextSteps() {
    Path platform = work.platform();
    return List.of(
        new NextStep(
            "Take your own images; sub-folders make the labels:",
            "./viewstream demo --images photos/"),
        new NextStep(
            "See what the synthetic views are worth: train without them, and compare the"
                + " accuracies.",
            command("--generative-probability 0")),
        new NextStep(
            "Look at the topics of this demo: start its broker again, and in another terminal read"
                + " them.",
            "./viewstream local --data-dir "
                + quoted(platform.toString())
                + "\n./viewstream inspect --output sheet.png"),
        new NextStep(
            "Go on with it: another seed makes another run of views beside this one.",
            "./viewstream augment --generator %s --seed %d --views %d --until-caught-up"
                .formatted(quoted(settings.generator()), settings.seed() + 1, settings.views())));
  }

  private String command(String more) {
    StringBuilder command = new StringBuilder("./viewstream demo");
    if (!settings.images().equals(DemoSettings.DEFAULT.images())) {
      command.append(" --images ").append(quoted(settings.images()));
    }
    if (settings.limit() != DemoSettings.DEFAULT_LIMIT) {
      command.append(" --limit ").append(settings.limit());
    }
    if (settings.epochs() != DemoSettings.DEFAULT_EPOCHS) {
      command.append(" --epochs ").append(settings.epochs());
    }
    if (!settings.method().equals(DemoSettings.DEFAULT.method())) {
      command.append(" --method ").append(settings.method());
    }
    if (settings.seed() != DemoSettings.DEFAULT.seed()) {
      command.append(" --seed ").append(settings.seed());
    }
    return command.append(' ').append(more).toString();
  }

  /** A word as a shell takes it. */
  private static String quoted(String text) {
    return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
