package io.viewstream.local;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.Reason;
import io.viewstream.kafka.command.WholeFile;
import io.viewstream.local.inspect.ContactSheet;
import io.viewstream.local.inspect.InspectionResult;
import io.viewstream.local.inspect.TopicInspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream inspect}: the counts of the topics, and a picture of images beside views. */
@Command(
    name = "inspect",
    description = {
      "Counts what is in the topics, and draws images beside their views.",
      "Reads only what is committed. Ends with 1 if a view is missing or there twice."
    })
public final class InspectCommand implements Callable<Integer> {

  private static final int MAX_ROWS = 500;

  /** An instance that was killed holds its transaction open for so long, or a little longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "12",
      description = "Images on the sheet (default: ${DEFAULT-VALUE}).")
  private int rows = 12;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the sheet to this PNG file: each row a source, then its views.")
  private @Nullable Path output;

  @Option(
      names = "--views-from",
      paramLabel = "RUN[,RUN]",
      hideParamSyntax = true,
      split = ",",
      description = "Only the views of these runs of the generation stage (default: all).")
  private List<String> viewsFrom = List.of();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    if (rows < 1 || rows > MAX_ROWS) {
      throw CommandException.usage("--rows is " + rows + ", must be 1 to " + MAX_ROWS);
    }
    if (output != null && Files.isDirectory(output)) {
      throw CommandException.failed("Cannot write --output " + output + ": it is a folder");
    }
    InspectionResult result =
        new TopicInspection(common.connection()).inspect(rows, viewsFrom, PATIENCE);
    System.out.println(result.summary());
    Path sheet = output;
    if (sheet != null) {
      write(sheet, ImageEncoder.png(ContactSheet.draw(result.samples())));
      System.out.println(
          result.samples().isEmpty()
              ? "Wrote " + sheet + ", which is empty: there are no source images"
              : "Wrote " + sheet + ": each row a source image, then its views");
    }
    result.report().write(common.report());
    if (!result.sound()) {
      throw CommandException.failed(
          "Some source record lacks a view or has one twice; the counts above say which run."
              + " That is normal only while `augment` is at work");
    }
    return 0;
  }

  private static void write(Path file, byte[] content) {
    try {
      WholeFile.write(file, content);
    } catch (IOException e) {
      throw CommandException.failed("Cannot write --output " + file + ": " + Reason.of(e), e);
    }
  }
}
