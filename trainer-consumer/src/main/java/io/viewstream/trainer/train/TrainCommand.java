package io.viewstream.trainer.train;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.trainer.feed.ViewPoolSettings;
import io.viewstream.trainer.train.TrainingRequest.Cache;
import io.viewstream.trainer.train.TrainingRequest.EngineChoice;
import io.viewstream.trainer.train.TrainingRequest.Start;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream train}: pulls mixed batches of real and synthetic views and trains on them. */
@Command(
    name = "train",
    description = {
      "Trains a network on mixed batches of real and synthetic views, without labels.",
      "Ctrl-C saves a checkpoint and ends with exit code 130 (continuous mode: 0); --resume goes on"
          + " from it, to the same losses."
    })
public final class TrainCommand implements Callable<Integer> {

  private static final String DEFAULT_METHOD = "simclr";
  private static final String DEFAULT_PRESET = "cifar";
  private static final Logger logger = LoggerFactory.getLogger(TrainCommand.class);

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description =
          "Self-supervised method: simclr, byol, moco, simsiam or barlow-twins (default: "
              + DEFAULT_METHOD
              + ").")
  private @Nullable String method;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "paper, paper-alternate, cifar or smoke: all values that are not given otherwise"
              + " (default: "
              + DEFAULT_PRESET
              + ").")
  private @Nullable String preset;

  @Mixin private ContinuousOptions continuous = new ContinuousOptions();

  @Option(
      names = "--backbone",
      paramLabel = "NAME",
      description =
          "resnet18, resnet34 or resnet50; with -cifar behind it for images of about 32 pixels.")
  private @Nullable String backbone;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "Channels of the backbone's first stage; 64 is the usual network.")
  private @Nullable String width;

  @Option(names = "--resolution", paramLabel = "PIXELS", description = "Side of the views.")
  private @Nullable String resolution;

  @Option(names = "--batch-size", paramLabel = "N", description = "Images in a batch, at least 2.")
  private @Nullable String batchSize;

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the images.")
  private @Nullable String epochs;

  @Option(names = "--steps", paramLabel = "N", description = "Steps in all, instead of --epochs.")
  private @Nullable String steps;

  @Option(names = "--optimizer", paramLabel = "sgd|lars", description = "How parameters change.")
  private @Nullable String optimizer;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any other value of the preset, such as learning-rate=0.3; may be repeated.")
  private Map<String, String> others = new LinkedHashMap<>();

  @Mixin private DeviceOption device = new DeviceOption();

  @Option(
      names = "--engine-threads",
      paramLabel = "N",
      description =
          "Threads of the engine (default: its own choice; with --resume and --replay the recorded"
              + " number, on which the last bits of losses depend).")
  private int engineThreads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of first parameters, order, choice of views and augmentation.")
  private @Nullable String seed;

  @Option(
      names = "--views-from",
      paramLabel = "RUN[,RUN]",
      description =
          "Runs of the generation stage whose views are used (default: the only one there is).")
  private @Nullable String viewsFrom;

  @Option(
      names = "--generative-probability",
      paramLabel = "P[,P2]",
      description =
          "Probability of a synthetic view in the slot that may have one, or in each of both.")
  private @Nullable String generativeProbability;

  @Option(
      names = "--synthetic-slot",
      paramLabel = "first|second|both|either",
      description = "Which of an image's two views may be synthetic.")
  private @Nullable String syntheticSlot;

  @Option(
      names = "--wait-for-views",
      paramLabel = "N",
      description =
          "Begin when so many images have all their views or a dead letter (default: at once).")
  private @Nullable Integer waitForViews;

  @Option(
      names = "--wait-timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "Begin after so long at the latest; images without views fall back (default:"
              + " ${DEFAULT-VALUE}).")
  private long waitTimeoutSeconds = 600;

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      defaultValue = "viewstream-cache",
      description =
          "Where images and views are kept between trainings (default: ${DEFAULT-VALUE}).")
  private Path cacheFolder = Path.of("viewstream-cache");

  @Option(
      names = "--cache-bytes",
      paramLabel = "BYTES",
      defaultValue = "" + ViewPoolSettings.DEFAULT_CACHE_BYTES,
      description = "How much the cache may hold (default: ${DEFAULT-VALUE}).")
  private long cacheBytes = ViewPoolSettings.DEFAULT_CACHE_BYTES;

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      defaultValue = "viewstream-training",
      description =
          "Where checkpoints and the manifest are kept, one folder for a training (default:"
              + " ${DEFAULT-VALUE}).")
  private Path checkpointFolder = Path.of("viewstream-training");

  @Option(names = "--resume", description = "Go on with the training in --checkpoint-dir.")
  private boolean resume;

  @Option(
      names = "--replay",
      paramLabel = "MANIFEST",
      description =
          "Repeat a training by its manifest.jsonl, on the same records whatever was added since.")
  private @Nullable Path replay;

  @Override
  public Integer call() {
    TrainingRequest request = request();
    StopRequest stop = new StopRequest();
    ShutdownSignal.install().onRequest(stop::request);
    TrainingOutcome outcome;
    try (TrainingProgress progress = new TrainingProgress()) {
      outcome = new TrainingService(request).run(stop, progress);
    }
    outcome.toReport().write(common.report());
    System.out.println(summary(outcome));
    // Being stopped is how a continuous training usually ends.
    return outcome.result().interrupted() && outcome.stream().isEmpty()
        ? CommandException.INTERRUPTED
        : 0;
  }

  private TrainingRequest request() {
    continuous.check(isRecorded(), epochs != null, waitForViews != null);
    if (resume && replay != null) {
      throw CommandException.usage(
          "--resume goes on with a training and --replay begins one again; give one of them");
    }
    if (isRecorded() && (preset != null || waitForViews != null)) {
      throw CommandException.usage(
          "%s has no place with %s, which takes all values and horizons from the manifest; leave it out"
              .formatted(
                  preset != null ? "--preset" : "--wait-for-views",
                  resume ? "--resume" : "--replay"));
    }
    if (epochs != null && steps != null) {
      throw CommandException.usage(
          "--epochs and --steps both say how long to train; give one of them");
    }
    if (waitForViews != null && waitForViews < 1 || waitTimeoutSeconds < 0 || cacheBytes < 1) {
      throw CommandException.usage(
          "--wait-for-views and --cache-bytes must be at least 1, --wait-timeout at least 0");
    }
    try {
      String presetName = preset == null ? DEFAULT_PRESET : preset;
      Preset chosen = Preset.named(presetName);
      if (!isRecorded()) {
        chosen.notes().forEach(note -> logger.info("Preset {}: {}", presetName, note));
      }
      return new TrainingRequest(
          common.connection(),
          chosen.values(MethodName.named(method == null ? DEFAULT_METHOD : method)),
          overrides(),
          resume
              ? new Start.Resume()
              : replay != null ? new Start.Replay(replay) : new Start.Fresh(),
          checkpointFolder,
          new Cache(cacheFolder, cacheBytes),
          waitForViews == null ? OptionalInt.empty() : OptionalInt.of(waitForViews),
          Duration.ofSeconds(waitTimeoutSeconds),
          new EngineChoice(device.name(), engineThreads),
          TrainingRequest.DEFAULT_CHECKPOINT_INTERVAL,
          continuous.reading());
    } catch (SettingsException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }

  private boolean isRecorded() {
    return resume || replay != null;
  }

  private SettingValues overrides() {
    SettingValues values = continuous.addTo(SettingValues.NONE, isRecorded());
    for (Map.Entry<String, String> entry : others.entrySet()) {
      values = values.with(SettingKey.named(entry.getKey()), entry.getValue(), "--set");
    }
    Map<SettingKey, @Nullable String> options = new LinkedHashMap<>();
    options.put(SettingKey.METHOD, method);
    options.put(SettingKey.BACKBONE, backbone);
    options.put(SettingKey.WIDTH, width);
    options.put(SettingKey.RESOLUTION, resolution);
    options.put(SettingKey.BATCH_SIZE, batchSize);
    options.put(SettingKey.EPOCHS, epochs);
    options.put(SettingKey.STEPS, steps);
    options.put(SettingKey.OPTIMIZER, optimizer);
    options.put(SettingKey.SEED, seed);
    options.put(SettingKey.VIEWS_FROM, viewsFrom);
    options.put(SettingKey.GENERATIVE_PROBABILITY, generativeProbability);
    options.put(SettingKey.SYNTHETIC_SLOT, syntheticSlot);
    for (Map.Entry<SettingKey, @Nullable String> option : options.entrySet()) {
      String value = option.getValue();
      if (value != null) {
        values = values.with(option.getKey(), value, "--" + option.getKey().text());
      }
    }
    return values;
  }

  static String summary(TrainingOutcome outcome) {
    TrainingResult result = outcome.result();
    if (outcome.wasComplete()) {
      return "The training is complete at step %d; nothing was left to do. Its length is one of its settings: train longer in another --checkpoint-dir, with more --epochs or --steps"
          .formatted(result.position().step());
    }
    String losses =
        result.losses().isEmpty()
            ? "no loss"
            : String.format(
                Locale.ROOT,
                "loss %.4f → %.4f",
                result.losses().getFirst(),
                result.losses().getLast());
    return String.format(
        Locale.ROOT,
        "%s after %d steps, %s, %.1f images/s; synthetic views %.3f of %.3f requested%s",
        result.interrupted() ? "Stopped" : "Trained",
        result.position().step(),
        losses,
        result.imagesPerSecond(),
        outcome.syntheticFractionAchieved(),
        outcome.syntheticFractionRequested(),
        result.checkpoint().map(file -> "; checkpoint " + file).orElse(""));
  }
}
