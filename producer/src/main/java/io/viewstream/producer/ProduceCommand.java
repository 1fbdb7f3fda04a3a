package io.viewstream.producer;

import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code viewstream produce}: images into source-images, or out of it again. */
@Command(
    name = "produce",
    description = {
      "Sends images to the topic source-images; what is no usable image goes to dead-letters.",
      "Images are JPEG or PNG files. The folder that a file lies in is its label. Hidden files are"
          + " passed over."
    })
public final class ProduceCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--images",
      paramLabel = "PATH|shapes",
      description =
          "A folder with class sub-folders, a tar archive (streamed, never unpacked), or 'shapes':"
              + " labelled pictures drawn on the fly.")
  private @Nullable String images;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description = "First part of the image ids (default: name of the folder or archive).")
  private @Nullable String dataset;

  @Option(
      names = "--split",
      paramLabel = "all|train|test",
      converter = SplitConverter.class,
      defaultValue = "all",
      description =
          "Which part, where the source has sub-folders train and test (default: ${DEFAULT-VALUE})."
              + " Of shapes, all means train.")
  private Split split = Split.ALL;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Take so many files at most, spread evenly over the source (default: all; of shapes"
              + " 10000).")
  private @Nullable Long limit;

  @Option(
      names = "--max-side",
      paramLabel = "PIXELS",
      description =
          "Shrink images whose longer side is longer, and encode them again (default: images stay"
              + " as they are).")
  private @Nullable Integer maxSide;

  @Option(
      names = "--max-image-bytes",
      paramLabel = "BYTES",
      defaultValue = "" + SourceOptions.DEFAULT_MAX_IMAGE_BYTES,
      description = "Larger images become dead letters (default: ${DEFAULT-VALUE}).")
  private int maxImageBytes = SourceOptions.DEFAULT_MAX_IMAGE_BYTES;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Another seed draws other shapes (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--shape-side",
      paramLabel = "PIXELS",
      defaultValue = "32",
      description = "Width and height of shapes, 16 to 512 (default: ${DEFAULT-VALUE}).")
  private int shapeSide = 32;

  @Option(
      names = "--allow-retention",
      description = "Accept topics that lose records by age or size.")
  private boolean allowRetention;

  @Option(
      names = "--withdraw",
      arity = "1..*",
      paramLabel = "ID",
      description =
          "Instead of sending images, withdraw those with these ids, <dataset>/<path>: readers drop"
              + " them and their views.")
  private @Nullable List<String> withdraw;

  /** Reads a split in lower case, as it is written everywhere else. */
  static final class SplitConverter implements ITypeConverter<Split> {
    @Override
    public Split convert(String value) {
      return Arrays.stream(Split.values())
          .filter(split -> split.folder().equals(value.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(
              () -> new TypeConversionException("'" + value + "' is not all, train or test"));
    }
  }

  @Override
  public Integer call() {
    if (images == null && withdraw == null) {
      throw CommandException.usage("Either --images or --withdraw must be given");
    }
    if (images != null && withdraw != null) {
      throw CommandException.usage("--images and --withdraw are both given; only one can be");
    }
    if (withdraw != null) {
      return withdraw(withdraw);
    }
    IngestSettings settings = settings();
    IngestResult result =
        new ImageIngest(
                common.connection(),
                settings,
                ShutdownSignal.install(),
                Progress.Output.standardError(),
                Clock.systemUTC())
            .run();
    System.out.println(result.summary());
    result.report().write(common.report());
    return result.interrupted() ? CommandException.INTERRUPTED : 0;
  }

  private Integer withdraw(List<String> imageIds) {
    new ImageWithdrawal(common.connection(), allowRetention).withdraw(imageIds);
    System.out.println(
        (imageIds.size() == 1 ? "1 withdrawal" : imageIds.size() + " withdrawals")
            + " sent; an id that was never ingested changes nothing");
    new JsonReport().put("withdrawn", imageIds.size()).write(common.report());
    return 0;
  }

  /** The settings that the options come to. */
  IngestSettings settings() {
    try {
      return new IngestSettings(
          String.valueOf(images),
          Optional.ofNullable(dataset),
          new SourceOptions(
              split,
              limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
              maxImageBytes,
              new SourceOptions.Shapes(shapeSide, seed)),
          maxSide == null ? OptionalInt.empty() : OptionalInt.of(maxSide),
          allowRetention);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }
}
