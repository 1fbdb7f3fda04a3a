package io.viewstream.trainer.train;

import io.viewstream.kafka.command.Reason;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.train.TrainingRequest.Start;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one training keeps its checkpoints and its manifest.
 *
 * @param path of the folder; made when there is something to put in it
 */
record TrainingFolder(Path path) {

  private static final Logger logger = LoggerFactory.getLogger(TrainingFolder.class);

  /** The manifest's file, whether it is there or not. */
  Path manifest() {
    return path.resolve(TrainingService.MANIFEST);
  }

  /** The checkpoints. */
  CheckpointFolder checkpoints() {
    return new CheckpointFolder(path);
  }

  /**
   * Checks, before minutes of reading, that files can be made here.
   *
   * @throws SettingsException if not
   */
  void requireUsable() {
    for (Path above = path.toAbsolutePath(); above != null; above = above.getParent()) {
      if (Files.exists(above)) {
        if (!Files.isDirectory(above) || !Files.isWritable(above)) {
          throw new SettingsException(
              "--checkpoint-dir %s cannot be used: %s is %s; name another folder"
                  .formatted(path, above, Files.isDirectory(above) ? "not writable" : "a file"));
        }
        return;
      }
    }
  }

  /**
   * Checks that no training is here yet. What was killed before it looked at any image is none, and
   * its manifest is deleted.
   *
   * @throws SettingsException if one is
   * @throws FeedException if one is at work here that has not begun yet
   */
  void requireUnused() {
    if (!Files.exists(manifest())) {
      return;
    }
    boolean saved = checkpoints().latest().isPresent();
    if (!saved && forgetUnbegun()) {
      logger.info("Took the place of a training in {} that had not begun", path);
      return;
    }
    throw new SettingsException(
        "%s holds a training already%s; go on with it by --resume, or name another folder by --checkpoint-dir"
            .formatted(path, saved ? "" : ", though no checkpoint of it"));
  }

  private boolean forgetUnbegun() {
    // Opened to be written, so that nobody else's is deleted who waits for images.
    try (RunManifest manifest = RunManifest.open(manifest())) {
      if (manifest.horizons().findAny().isPresent()) {
        return false;
      }
      forgetManifest();
      return true;
    }
  }

  /**
   * Checks that a training is here.
   *
   * @throws SettingsException if none is
   */
  void requireUsed() {
    if (!Files.exists(manifest())) {
      throw new SettingsException(
          "There is nothing to resume in %s: it has no %s; leave --resume out, or name the folder by --checkpoint-dir"
              .formatted(path, TrainingService.MANIFEST));
    }
  }

  /**
   * Opens the manifest of a training that goes on, or begins another's.
   *
   * @param settings to begin it with
   * @throws FeedException if it cannot be written or read
   */
  RunManifest openManifest(Start start, Map<String, Object> settings) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new FeedException("Cannot create --checkpoint-dir " + path + ": " + Reason.of(e), e);
    }
    return switch (start) {
      case Start.Fresh() -> RunManifest.create(manifest(), settings);
      case Start.Resume() -> RunManifest.open(manifest());
      case Start.Replay(Path recorded) -> {
        try (RunManifest other = RunManifest.read(recorded)) {
          yield RunManifest.createReplay(manifest(), settings, other);
        }
      }
    };
  }

  /** Deletes the manifest of a training that never came to a step, so that it binds no other. */
  void forgetManifest() {
    try {
      Files.deleteIfExists(manifest());
    } catch (IOException e) {
      logger.warn(
          "The manifest {} of a training without a step stays ({}); delete it before the next",
          manifest(),
          Reason.of(e));
    }
  }
}
