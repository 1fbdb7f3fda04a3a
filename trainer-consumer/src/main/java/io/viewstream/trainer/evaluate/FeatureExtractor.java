package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.AugmentationParameters;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceReader;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one or more encoders over images. Each image is decoded once and seen without augmentation,
 * cut, scaled and normalised for each encoder as its own {@link ImagePreparation} says. Used by one
 * thread.
 */
public final class FeatureExtractor {

  /** Images in a batch unless another number is asked for. */
  public static final int DEFAULT_BATCH_SIZE = 128;

  private static final Logger logger = LoggerFactory.getLogger(FeatureExtractor.class);

  private final List<EncoderBatch> batches = new ArrayList<>();
  private final ImageDecoder decoder = new ImageDecoder();
  private final int batchSize;
  private final int featureCount;
  private final Set<ImageSource> warned = new HashSet<>();

  /**
   * For one encoder.
   *
   * @param encoder borrowed
   */
  public FeatureExtractor(FeatureEncoder encoder) {
    this(List.of(encoder), DEFAULT_BATCH_SIZE);
  }

  /**
   * For several encoders at once.
   *
   * @param encoders borrowed; at least one
   * @param batchSize images that an encoder is given together, at least 1
   */
  public FeatureExtractor(List<? extends FeatureEncoder> encoders, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "--batch-size is %d; it must be at least 1".formatted(batchSize));
    }
    this.batchSize = batchSize;
    this.featureCount = encoders.getFirst().featureCount();
    for (FeatureEncoder encoder : encoders) {
      batches.add(new EncoderBatch(encoder, batchSize));
    }
  }

  /** What is seen of an image. */
  @FunctionalInterface
  interface ViewRule {
    /** The part that the encoder is used with. */
    ViewRule PLAIN =
        (image, crop, index) ->
            AugmentationParameters.scaling(crop.box(image.width(), image.height()));

    /**
     * The view of one image.
     *
     * @param crop which part the encoder is used with
     * @param index of the image among those of the source that can be decoded
     */
    AugmentationParameters viewOf(RgbImage image, CropRule crop, long index);
  }

  /**
   * How many images there were.
   *
   * @param images that have features
   * @param leftOut files that are no images that can be decoded
   */
  public record Extent(long images, long leftOut) {}

  /**
   * The features of all images of a source that can be decoded, batch by batch. Others are left out
   * with a warning.
   *
   * @throws EvaluationException if the source cannot be read or has no images
   */
  public Extent forEach(ImageSource source, Consumer<FeatureBatch> consumer) {
    return forEach(source, ViewRule.PLAIN, consumer);
  }

  private Extent forEach(ImageSource source, ViewRule rule, Consumer<FeatureBatch> consumer) {
    long images = 0;
    long leftOut = 0;
    List<FeatureBatch.Image> waiting = new ArrayList<>();
    try (SourceReader reader = source.open()) {
      for (Optional<SourceEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (!(next.get() instanceof SourceEntry.ImageFile file)
            || !write(file, rule, images, waiting.size())) {
          leftOut++;
          continue;
        }
        images++;
        waiting.add(new FeatureBatch.Image(file.path(), file.label()));
        if (waiting.size() == batchSize) {
          consumer.accept(features(waiting));
          waiting.clear();
        }
      }
    } catch (IOException e) {
      throw new EvaluationException(
          "Cannot read the images of " + source.name() + ": " + Reason.of(e), e);
    }
    if (!waiting.isEmpty()) {
      consumer.accept(features(waiting));
    }
    if (leftOut > 0 && warned.add(source)) {
      logger.warn(
          "{} files of {} were left out: they are no images that can be decoded",
          leftOut,
          source.name());
    }
    if (images == 0) {
      throw new EvaluationException("There are no images in " + source.name());
    }
    return new Extent(images, leftOut);
  }

  /**
   * The first encoder's features of all images of a source, with their classes.
   *
   * @param classes names of the classes so far; unknown ones are added in order of appearance
   * @throws EvaluationException if the source cannot be read, has no images, or an image without a
   *     label
   */
  public LabelledFeatures extract(ImageSource source, List<String> classes) {
    return extract(source, classes, ViewRule.PLAIN);
  }

  /** The same of views that a rule draws. */
  LabelledFeatures extract(ImageSource source, List<String> classes, ViewRule rule) {
    Rows rows = new Rows(featureCount);
    forEach(
        source,
        rule,
        batch -> {
          for (FeatureBatch.Image image : batch.images()) {
            rows.addLabel(classOf(image, source, classes));
          }
          rows.addValues(batch.features().getFirst());
        });
    return rows.toFeatures();
  }

  /** Puts an image into every batch; false if it cannot be decoded. */
  private boolean write(SourceEntry.ImageFile file, ViewRule rule, long index, int position) {
    try {
      RgbImage image = decoder.decode(file.content());
      for (EncoderBatch batch : batches) {
        batch.write(image, rule, index, position);
      }
      return true;
    } catch (InvalidImageException e) {
      logger.debug("{} is left out: {}", file.path(), e.getMessage());
      return false;
    }
  }

  private FeatureBatch features(List<FeatureBatch.Image> images) {
    return new FeatureBatch(
        images, batches.stream().map(batch -> batch.features(images.size())).toList());
  }

  private static int classOf(FeatureBatch.Image image, ImageSource source, List<String> classes) {
    String label =
        image
            .label()
            .orElseThrow(
                () ->
                    new EvaluationException(
                        "%s of %s has no label; images must lie in one folder for each class"
                            .formatted(image.path(), source.name())));
    int index = classes.indexOf(label);
    if (index < 0) {
      classes.add(label);
      return classes.size() - 1;
    }
    return index;
  }

  /** Features and labels that grow. */
  private static final class Rows {
    private final int dimension;
    private float[] values = new float[0];
    private int[] labels = new int[0];
    private int valueCount;
    private int count;

    Rows(int dimension) {
      this.dimension = dimension;
    }

    void addLabel(int label) {
      if (count == labels.length) {
        labels = Arrays.copyOf(labels, Math.max(1024, 2 * count));
      }
      labels[count++] = label;
    }

    void addValues(float[] more) {
      if (valueCount + more.length > values.length) {
        values = Arrays.copyOf(values, Math.max(2 * values.length, valueCount + more.length));
      }
      System.arraycopy(more, 0, values, valueCount, more.length);
      valueCount += more.length;
    }

    LabelledFeatures toFeatures() {
      return new LabelledFeatures(
          Arrays.copyOf(values, valueCount), dimension, Arrays.copyOf(labels, count));
    }
  }
}
