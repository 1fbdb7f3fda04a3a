package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.CropBox;
import io.viewstream.imaging.augment.Interpolation;
import io.viewstream.imaging.augment.Normalisation;
import io.viewstream.imaging.augment.PlanarImage;
import io.viewstream.imaging.augment.ResizedCrop;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a backbone over labelled images. Each image is seen once and without augmentation: whole if
 * it has the resolution, else its middle square of 7/8 of the shorter side (224 of 256 pixels, as
 * is usual), scaled as in training. Used by one thread.
 */
public final class FeatureExtractor {

  private static final Logger logger = LoggerFactory.getLogger(FeatureExtractor.class);
  private static final int BATCH = 128;

  private final FrozenBackbone backbone;
  private final ImageDecoder decoder = new ImageDecoder();
  private final ResizedCrop crop;
  private final PlanarImage scaled = new PlanarImage();
  private final float[] row;
  private final ByteBuffer batch;
  private final int imageSize;

  /**
   * For one backbone.
   *
   * @param backbone borrowed
   */
  public FeatureExtractor(FrozenBackbone backbone) {
    int resolution = backbone.resolution();
    this.backbone = backbone;
    this.crop = new ResizedCrop(Interpolation.BICUBIC, resolution, resolution);
    this.row = new float[resolution];
    this.imageSize = 3 * resolution * resolution;
    this.batch =
        ByteBuffer.allocateDirect(BATCH * imageSize * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  /**
   * The features of all images of a source that can be decoded. Others are left out with a warning.
   *
   * @param classes names of the classes so far; unknown ones are added in order of appearance
   * @throws EvaluationException if the source cannot be read, has no images, or an image without a
   *     label
   */
  public LabelledFeatures extract(ImageSource source, List<String> classes) {
    Rows rows = new Rows(backbone.featureCount());
    int skipped = 0;
    try (SourceReader reader = source.open()) {
      int waiting = 0;
      for (Optional<SourceEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (!(next.get() instanceof SourceEntry.ImageFile file) || !write(file, waiting)) {
          skipped++;
          continue;
        }
        rows.addLabel(classOf(file, source, classes));
        if (++waiting == BATCH) {
          rows.addValues(backbone.features(batch.duplicate().order(batch.order()), waiting));
          waiting = 0;
        }
      }
      if (waiting > 0) {
        ByteBuffer part = batch.slice(0, waiting * imageSize * Float.BYTES).order(batch.order());
        rows.addValues(backbone.features(part, waiting));
      }
    } catch (IOException e) {
      throw new EvaluationException(
          "Cannot read the images of " + source.name() + ": " + e.getMessage(), e);
    }
    if (skipped > 0) {
      logger.warn(
          "{} files of {} were left out: they are no images that can be decoded",
          skipped,
          source.name());
    }
    if (rows.count == 0) {
      throw new EvaluationException("There are no images in " + source.name());
    }
    return rows.toFeatures();
  }

  /** Writes an image into its place of the batch; false if it cannot be decoded. */
  private boolean write(SourceEntry.ImageFile file, int position) {
    try {
      RgbImage image = decoder.decode(file.content());
      crop.apply(image, box(image), scaled);
      Normalisation.IMAGENET.write(scaled, row, batch.asFloatBuffer(), position * imageSize);
      return true;
    } catch (InvalidImageException e) {
      logger.debug("{} is left out: {}", file.path(), e.getMessage());
      return false;
    }
  }

  private CropBox box(RgbImage image) {
    int shorter = Math.min(image.width(), image.height());
    boolean fits = image.width() == image.height() && shorter == backbone.resolution();
    int side = fits ? shorter : Math.max(1, Math.round(shorter * 7 / 8f));
    return new CropBox((image.width() - side) / 2, (image.height() - side) / 2, side, side);
  }

  private static int classOf(SourceEntry.ImageFile file, ImageSource source, List<String> classes) {
    String label =
        file.label()
            .orElseThrow(
                () ->
                    new EvaluationException(
                        "%s of %s has no label; images must lie in one folder for each class"
                            .formatted(file.path(), source.name())));
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
