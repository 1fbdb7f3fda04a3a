package io.viewstream.augment;

import io.viewstream.generators.BatchingGenerator;
import io.viewstream.generators.BatchingSettings;
import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.GenerationFailedException;
import io.viewstream.generators.Generator;
import io.viewstream.generators.SeededView;
import io.viewstream.generators.ViewSetGenerator;
import io.viewstream.generators.ViewSetRequest;
import io.viewstream.generators.ViewsRejectedException;
import io.viewstream.generators.WaitingClock;
import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceReader;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.Reason;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.kafka.command.WholeFile;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.DatasetName;
import io.viewstream.schemas.ImageEncoding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes views of image files, without Kafka. The views are those that the generation stage makes of
 * the same images under the same data set, generator and seed, since their seeds are the same.
 *
 * <p>The views of {@code cat/7.jpg} are {@code cat/7.jpg-view-0.png}, … below the output folder. A
 * file that is no usable image is counted and named in the log; the rest goes through.
 */
public final class FileGeneration {

  private static final Logger LOGGER = LoggerFactory.getLogger(FileGeneration.class);

  private final FileGenerationSettings settings;
  private final ShutdownSignal stop;
  private final Progress.Output progressOutput;
  private final Consumer<DeviceFailedException> deadlineAction;

  /**
   * Prepares the work.
   *
   * @param stop ends the work early
   * @param progressOutput where progress is shown
   * @param deadlineAction what to do when the model hangs; see {@link BatchingGenerator#start}
   */
  public FileGeneration(
      FileGenerationSettings settings,
      ShutdownSignal stop,
      Progress.Output progressOutput,
      Consumer<DeviceFailedException> deadlineAction) {
    this.settings = settings;
    this.stop = stop;
    this.progressOutput = progressOutput;
    this.deadlineAction = deadlineAction;
  }

  /**
   * Does the work.
   *
   * @param generator owned from now on
   * @throws CommandException the images cannot be read, the views not be written, the model failed,
   *     or the work was interrupted
   */
  public FileGenerationResult run(Generator generator) throws InterruptedException {
    int threads = Runtime.getRuntime().availableProcessors();
    try (BatchingGenerator shared =
        BatchingGenerator.start(
            generator,
            BatchingSettings.forCallers(threads, generator.description()),
            WaitingClock.SYSTEM,
            deadlineAction)) {
      ImageSource source = ImageSource.of(settings.images(), settings.sourceOptions());
      if (source.count() == 0) {
        throw CommandException.failed("There are no files in " + settings.images());
      }
      try (ExecutorService workers = Executors.newFixedThreadPool(threads);
          Progress progress =
              Progress.start(
                  progressOutput, "generate", OptionalLong.of(source.count()), "images")) {
        return generate(source, new ViewSetGenerator(shared), workers, 2 * threads, progress);
      }
    } catch (IOException e) {
      throw CommandException.failed(
          "Cannot read --images %s: %s".formatted(settings.images(), Reason.of(e)), e);
    }
  }

  private FileGenerationResult generate(
      ImageSource source,
      ViewSetGenerator views,
      ExecutorService workers,
      int window,
      Progress progress)
      throws IOException, InterruptedException {
    ViewEncoding encoding =
        settings
            .encoding()
            .orElseGet(() -> ViewEncoding.defaultFor(views.description().outputSize()));
    String dataset = settings.dataset().orElseGet(() -> dataset(source));
    ImageDecoder decoder = new ImageDecoder(views.description().outputSize().mostSourcePixels());
    long startNanos = System.nanoTime();
    long images = 0;
    long failed = 0;
    Deque<Future<Boolean>> pending = new ArrayDeque<>();
    try (SourceReader reader = source.open()) {
      Optional<SourceEntry> next = reader.next();
      while (next.isPresent() || !pending.isEmpty()) {
        if (stop.isRequested()) {
          pending.forEach(future -> future.cancel(true));
          throw CommandException.interrupted("Interrupted after " + images + " images");
        }
        if (next.isPresent() && pending.size() < window) {
          SourceEntry entry = next.get();
          pending.add(
              workers.submit(() -> generateEntry(entry, dataset, decoder, views, encoding)));
          next = reader.next();
        } else if (await(pending.remove())) {
          images++;
          progress.advance(1);
        } else {
          failed++;
          progress.advance(1);
        }
      }
    }
    return new FileGenerationResult(
        images, images * settings.views(), failed, (System.nanoTime() - startNanos) / 1e9);
  }

  private static String dataset(ImageSource source) {
    try {
      return DatasetName.checked(source.name());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage() + "; choose one with --dataset");
    }
  }

  private boolean await(Future<Boolean> pending) throws InterruptedException {
    try {
      return pending.get();
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case CommandException known -> known;
        case DeviceFailedException device ->
            CommandException.failed("The generator failed: " + device.getMessage(), device);
        case OutOfMemoryError memory ->
            CommandException.failed(
                "Memory does not hold %d views of one image; lower --views, or give the JVM more"
                        .formatted(settings.views())
                    + " by VIEWSTREAM_JAVA_OPTIONS=-Xmx4g",
                memory);
        case Throwable other -> new IllegalStateException("Generating views failed", other);
      };
    }
  }

  /** True when the image got its views. */
  private boolean generateEntry(
      SourceEntry entry,
      String dataset,
      ImageDecoder decoder,
      ViewSetGenerator views,
      ViewEncoding encoding) {
    switch (entry) {
      case SourceEntry.ImageFile file -> {
        try {
          ViewSetRequest request =
              new ViewSetRequest(
                  dataset + "/" + file.path(),
                  ContentDigest.of(file.content()).bytes(),
                  decoder.decode(file.content()),
                  settings.seed(),
                  settings.views());
          write(file.path(), views.generate(request), encoding);
          return true;
        } catch (InvalidImageException | GenerationFailedException | ViewsRejectedException e) {
          LOGGER.warn("{} has no views: {}", file.path(), e.getMessage());
        }
      }
      case SourceEntry.RejectedFile file ->
          LOGGER.warn("{} has no views: {}", file.path(), file.message());
    }
    return false;
  }

  private void write(String path, List<SeededView> views, ViewEncoding encoding) {
    for (SeededView view : views) {
      ImageEncoding format = encoding.imageEncoding(view.image().width(), view.image().height());
      String ending = format == ImageEncoding.PNG ? "png" : format.name().toLowerCase(Locale.ROOT);
      Path file =
          settings
              .outputDirectory()
              .resolve("%s-view-%d.%s".formatted(path, view.viewIndex(), ending));
      try {
        WholeFile.write(file, encoding.encode(view.image()));
      } catch (IOException e) {
        throw CommandException.failed(
            "Cannot write %s below --output-dir: %s".formatted(file, Reason.of(e)), e);
      }
    }
  }
}
