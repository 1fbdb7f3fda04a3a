package io.viewstream.trainer.export;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.trainer.evaluate.EvaluationException;
import io.viewstream.trainer.evaluate.FeatureExtractor;
import io.viewstream.trainer.evaluate.FrozenBackbone;
import io.viewstream.trainer.export.internal.FeatureFile;
import io.viewstream.trainer.export.internal.FeatureSpool;
import io.viewstream.trainer.train.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Writes the features of images. Values go to the disk batch by batch; the memory holds the images'
 * ids alone.
 *
 * @param dataset first part of every image's id, {@code <dataset>/<path>}, as in the topics
 * @param batchSize images that the backbone is given together, at least 1
 */
public record FeatureExport(String dataset, int batchSize) {

  /**
   * What was written.
   *
   * @param images that have features
   * @param leftOut files that are no images that can be decoded
   * @param featureCount of one image
   * @param classes that the images have
   */
  public record Outcome(long images, long leftOut, int featureCount, int classes) {}

  /**
   * Writes a file.
   *
   * @param backbone borrowed
   * @param checkpoint that the backbone is of
   * @param progress is told, after each batch, how many images are done; may throw to end it all
   * @throws EvaluationException if the images cannot be read or there are none
   * @throws ExportException if the file cannot be written
   */
  public Outcome run(
      FrozenBackbone backbone,
      Checkpoint checkpoint,
      ImageSource source,
      OutputFile output,
      LongConsumer progress) {
    FeatureFormat format = FeatureFormat.of(output.path());
    Map<String, String> metadata = BackboneExport.describe(backbone, checkpoint);
    FeatureExtractor extractor = new FeatureExtractor(List.of(backbone), batchSize);
    try {
      output.createFolder();
      try (FeatureSpool spool =
          new FeatureSpool(output.sibling("values.tmp"), dataset, backbone.featureCount())) {
        FeatureExtractor.Extent extent =
            extractor.forEach(
                source,
                batch -> {
                  spool.add(batch);
                  progress.accept(spool.count());
                });
        FeatureFile file = spool.finish(metadata);
        output.write(
            switch (format) {
              case SAFETENSORS -> file::writeSafetensors;
              case NPZ -> file::writeNpz;
            });
        return new Outcome(
            extent.images(), extent.leftOut(), backbone.featureCount(), file.classes().size());
      }
    } catch (UncheckedIOException e) {
      throw output.failure(e.getCause());
    } catch (IOException e) {
      throw output.failure(e);
    }
  }
}
