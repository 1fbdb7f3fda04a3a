package io.viewstream.trainer.similarity;

import io.viewstream.kafka.command.Reason;
import io.viewstream.trainer.evaluate.FeatureEncoder;
import io.viewstream.trainer.evaluate.FrozenBackbone;
import io.viewstream.trainer.evaluate.ImagePreparation;
import io.viewstream.trainer.similarity.internal.FileIdentity;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The encoder that others are compared with, and the file that it came from.
 *
 * @param encoder owned
 * @param file that holds it
 */
record Reference(FeatureEncoder encoder, FileIdentity file) implements AutoCloseable {

  private static final byte[] ZIP = {'P', 'K', 3, 4};

  /**
   * Opens what a path stands for: an ONNX file, a generator's model package (a folder with a
   * generator.json), whose image encoder is meant, or a checkpoint.
   *
   * @param settings of an ONNX file; {@link OnnxSettings#NONE} for anything else
   * @param usual how images are prepared where an ONNX file does not say it
   * @throws SimilarityException if an ONNX file or package cannot be used
   * @throws CheckpointException if a checkpoint cannot
   */
  static Reference open(
      Path path, OnnxSettings settings, TrainingEngine engine, ImagePreparation usual) {
    check(path, settings);
    if (isOnnx(path)) {
      return owning(OnnxEncoder.open(path, settings, usual), path);
    }
    if (isPackage(path)) {
      EncoderPackage described = EncoderPackage.read(path);
      return new Reference(described.open(usual), described.file());
    }
    FileIdentity file = FileIdentity.of(CheckpointFolder.resolve(path));
    return new Reference(new FrozenBackbone(engine, Checkpoint.read(file.path())), file);
  }

  /**
   * Finds what is wrong with a path or with what is said of it, before anything is loaded.
   *
   * @throws SimilarityException if there is nothing, a folder of other things, a zip archive, or
   *     settings that are for ONNX files alone
   */
  static void check(Path path, OnnxSettings settings) {
    if (!Files.exists(path)) {
      throw new SimilarityException("--reference %s does not exist".formatted(path));
    }
    if (isOnnx(path)) {
      return;
    }
    if (Files.isDirectory(path)
        && !isPackage(path)
        && new CheckpointFolder(path).latest().isEmpty()) {
      throw new SimilarityException(
          "--reference %s holds neither a %s nor a file named checkpoint-….safetensors; name an ONNX file, a generator's package or a training's folder"
              .formatted(path, EncoderPackage.DESCRIPTION));
    }
    if (isZip(path)) {
      throw new SimilarityException(
          path
              + " is a zip archive; unpack a generator's package and name its folder, make ONNX of a network of PyTorch");
    }
    if (!settings.equals(OnnxSettings.NONE)) {
      throw new SimilarityException(
          "%s is a %s, which knows what its encoder takes; --reference-resolution, --reference-mean, --reference-deviation, --reference-crop and --reference-output are for ONNX files"
              .formatted(path, isPackage(path) ? "generator's package" : "checkpoint"));
    }
  }

  private static boolean isOnnx(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  private static boolean isPackage(Path path) {
    return Files.isRegularFile(path.resolve(EncoderPackage.DESCRIPTION));
  }

  private static Reference owning(FeatureEncoder encoder, Path path) {
    try {
      return new Reference(encoder, FileIdentity.of(path));
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  private static boolean isZip(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream content = Files.newInputStream(path)) {
      return Arrays.equals(content.readNBytes(ZIP.length), ZIP);
    } catch (IOException e) {
      throw new SimilarityException("Cannot read " + path + ": " + Reason.of(e), e);
    }
  }

  @Override
  public void close() {
    encoder.close();
  }
}
