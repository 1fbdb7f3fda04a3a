package io.viewstream.producer;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.Reason;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.producer.IngestResult.RejectedImage;
import io.viewstream.producer.internal.Examined;
import io.viewstream.producer.internal.ImageExaminer;
import io.viewstream.producer.internal.ImageIdSet;
import io.viewstream.producer.internal.OrderedExaminer;
import io.viewstream.producer.internal.RecordSender;
import io.viewstream.schemas.DatasetName;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.Topic;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Sends the images of one source to Kafka. A file that is no usable image becomes a dead letter and
 * the others go on; what cannot be helped (no such source, a broken archive, no broker) ends the
 * ingest with a {@link CommandException}, after everything read before it was delivered if that is
 * possible.
 *
 * <p>Files are read and handed to Kafka in the source's order by the calling thread, while Kafka's
 * own thread sends. Checks, digests and shrinking run on threads of their own where there are
 * processors for them, and their results are put back in order. Image ids, contents and order are
 * the same in every run.
 */
public final class ImageIngest {
  /** With shrinking, larger files than what may be sent are worth reading: photographs are. */
  private static final int MAX_SHRUNK_FILE_BYTES = 64 * 1024 * 1024;

  /** Enough for each thread to have work while the results of the oldest group are sent. */
  private static final int GROUPS_PER_THREAD = 2;

  private final ConnectionSettings connection;
  private final IngestSettings settings;
  private final ShutdownSignal shutdown;
  private final Progress.Output output;
  private final Clock clock;

  /** An ingest that shows its progress on standard error and is not interrupted. */
  public ImageIngest(ConnectionSettings connection, IngestSettings settings) {
    this(
        connection,
        settings,
        new ShutdownSignal(),
        Progress.Output.standardError(),
        Clock.systemUTC());
  }

  /**
   * An ingest with everything given.
   *
   * @param shutdown asks for an early end: what was read is delivered, the rest is left
   * @param output where progress goes; its clock also times the result
   * @param clock tells when images were ingested
   */
  public ImageIngest(
      ConnectionSettings connection,
      IngestSettings settings,
      ShutdownSignal shutdown,
      Progress.Output output,
      Clock clock) {
    this.connection = connection;
    this.settings = settings;
    this.shutdown = shutdown;
    this.output = output;
    this.clock = clock;
  }

  /**
   * Ingests the source. Everything counted in the result is acknowledged by the brokers.
   *
   * @throws CommandException when the source cannot be read, or records not delivered
   */
  public IngestResult run() {
    ImageSource source = openSource();
    String dataset = dataset(source);
    if (source.count() == 0) {
      throw CommandException.failed("There are no files in " + settings.images());
    }
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      topics.verify(Set.of(Topic.SOURCE_IMAGES, Topic.DEAD_LETTERS), settings.allowRetention());
    }
    ImageExaminer examiner =
        new ImageExaminer(dataset, settings.maxSide(), settings.source().maxImageBytes(), clock);
    try (RecordSender sender = new RecordSender(connection);
        SourceReader reader = source.open();
        Progress progress =
            Progress.start(output, "ingest", OptionalLong.of(source.count()), "images")) {
      Run run = new Run(examiner, sender, progress);
      try {
        readAll(reader, examiner, run);
      } catch (IOException e) {
        sender.flush();
        throw CommandException.failed(
            "%s; %d images and %d dead letters before that went through"
                .formatted(e.getMessage(), run.sourceImages, run.deadLetterCount()),
            e);
      }
      sender.flush();
      boolean interrupted = shutdown.isRequested() && run.taken() < source.count();
      return run.result(dataset, reader.hiddenFiles(), interrupted);
    } catch (IOException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.interrupted("Ingest of " + settings.images() + " interrupted");
    }
  }

  private ImageSource openSource() {
    SourceOptions options = settings.source();
    if (settings.maxSide().isPresent()) {
      options = options.withMaxImageBytes(Math.max(options.maxImageBytes(), MAX_SHRUNK_FILE_BYTES));
    }
    try {
      return ImageSource.of(settings.images(), options);
    } catch (IOException e) {
      throw CommandException.failed(
          "Cannot read --images %s: %s".formatted(settings.images(), Reason.of(e)), e);
    }
  }

  private String dataset(ImageSource source) {
    try {
      return settings.dataset().orElseGet(() -> DatasetName.checked(source.name()));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage() + "; choose one with --dataset");
    }
  }

  private void readAll(SourceReader reader, ImageExaminer examiner, Run run)
      throws IOException, InterruptedException {
    int threads =
        examiningThreads(
            Runtime.getRuntime().availableProcessors(), settings.maxSide().isPresent());
    if (threads == 0) {
      for (Optional<SourceEntry> entry = next(reader); entry.isPresent(); entry = next(reader)) {
        run.take(examiner.examine(entry.get()));
      }
      return;
    }
    try (OrderedExaminer ordered =
        new OrderedExaminer(examiner, threads, GROUPS_PER_THREAD * threads)) {
      try {
        for (Optional<SourceEntry> entry = next(reader); entry.isPresent(); entry = next(reader)) {
          ordered.offer(entry.get()).forEach(run::take);
        }
      } finally {
        // Also when the archive broke: what was read before it goes through.
        for (Optional<List<Examined>> rest = ordered.poll();
            rest.isPresent();
            rest = ordered.poll()) {
          rest.get().forEach(run::take);
        }
      }
    }
  }

  /**
   * How many threads examine; with none the calling thread does. Shrinking is dear enough for all
   * processors. Without it handing entries over only pays where a processor is free beside this
   * thread and Kafka's: on two, it cost an eighth more processor time.
   */
  static int examiningThreads(int processors, boolean shrinks) {
    return shrinks ? processors : Math.max(0, processors - 2);
  }

  private Optional<SourceEntry> next(SourceReader reader) throws IOException {
    return shutdown.isRequested() ? Optional.empty() : reader.next();
  }

  /** The counts of one ingest. Used by one thread. */
  private final class Run {
    private final ImageExaminer examiner;
    private final RecordSender sender;
    private final Progress progress;
    private final long startNanos = output.nanoTime().getAsLong();
    private final ImageIdSet imageIds = new ImageIdSet();
    private final Map<ErrorCategory, Long> deadLetters = new EnumMap<>(ErrorCategory.class);
    private final List<RejectedImage> firstRejected = new ArrayList<>();
    private long sourceImages;
    private long bytes;

    Run(ImageExaminer examiner, RecordSender sender, Progress progress) {
      this.examiner = examiner;
      this.sender = sender;
      this.progress = progress;
    }

    void take(Examined examined) {
      switch (examined) {
        case Examined.Accepted(SourceImage image) when imageIds.add(image.getImageId()) ->
            accept(image);
        case Examined.Accepted(SourceImage image) -> reject(examiner.duplicate(image));
        case Examined.Rejected(DeadLetter deadLetter) -> reject(deadLetter);
      }
      progress.advance(1);
    }

    private void accept(SourceImage image) {
      int size = image.getContent().remaining();
      sender.send(image);
      sourceImages++;
      bytes += size;
    }

    private void reject(DeadLetter deadLetter) {
      sender.send(deadLetter);
      deadLetters.merge(deadLetter.getCategory(), 1L, Long::sum);
      if (firstRejected.size() < IngestResult.NAMED_REJECTIONS) {
        firstRejected.add(
            new RejectedImage(
                String.valueOf(deadLetter.getPath()),
                deadLetter.getCategory(),
                deadLetter.getMessage()));
      }
    }

    long deadLetterCount() {
      return deadLetters.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many files were dealt with, well or ill. */
    long taken() {
      return sourceImages + deadLetterCount();
    }

    IngestResult result(String dataset, long hiddenFiles, boolean interrupted) {
      return new IngestResult(
          dataset,
          sourceImages,
          deadLetters,
          firstRejected,
          hiddenFiles,
          bytes,
          Duration.ofNanos(output.nanoTime().getAsLong() - startNanos),
          interrupted);
    }
  }
}
