package io.viewstream.local.demo;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where one demo keeps everything.
 *
 * @param path of the folder
 */
record WorkFolder(Path path) {

  /**
   * Makes the folder, if needed.
   *
   * @throws CommandException when it cannot be written, or holds a demo already
   */
  static WorkFolder create(Path path) {
    WorkFolder folder = new WorkFolder(path.toAbsolutePath().normalize());
    try {
      Files.createDirectories(folder.path);
    } catch (IOException e) {
      throw CommandException.failed(
          "Cannot make the folder --work-dir " + path + ": " + Reason.of(e), e);
    }
    for (Path earlier : List.of(folder.platform(), folder.training(), folder.reportPage())) {
      if (Files.exists(earlier)) {
        throw CommandException.failed(
            "--work-dir "
                + path
                + " holds a demo already ("
                + earlier.getFileName()
                + "); delete it or choose another folder");
      }
    }
    return folder;
  }

  /** Data of broker and registry. */
  Path platform() {
    return path.resolve("platform");
  }

  /** Images and views that were read for training. */
  Path cache() {
    return path.resolve("cache");
  }

  /** Checkpoints and the manifest. */
  Path training() {
    return path.resolve("training");
  }

  /** The report as a page. */
  Path reportPage() {
    return path.resolve("report.html");
  }

  void writeReportPage(String page) {
    try {
      Files.writeString(reportPage(), page);
    } catch (IOException e) {
      throw CommandException.failed(
          "Cannot write the report " + reportPage() + ": " + Reason.of(e), e);
    }
  }
}
