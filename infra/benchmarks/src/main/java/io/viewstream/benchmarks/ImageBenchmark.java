package io.viewstream.benchmarks;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.NativeImage;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.Augmentation;
import io.viewstream.imaging.augment.AugmentationParameters;
import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.imaging.augment.ColorOperations;
import io.viewstream.imaging.augment.CropBox;
import io.viewstream.imaging.augment.ExtendedBoxBlur;
import io.viewstream.imaging.augment.HueShift;
import io.viewstream.imaging.augment.Interpolation;
import io.viewstream.imaging.augment.Normalisation;
import io.viewstream.imaging.augment.PlanarImage;
import io.viewstream.imaging.augment.ResizedCrop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the feed does for one image or one view, part by part and as a whole. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ImageBenchmark {

  private static final int JPEG_QUALITY = 95;

  /** Side of the views in pixels. */
  @Param({"224", "32"})
  public int resolution;

  private final ImageDecoder decoder = new ImageDecoder();
  private final NativeImage target = new NativeImage();
  private final PlanarImage view = new PlanarImage();
  private final ExtendedBoxBlur blur = new ExtendedBoxBlur();
  private List<ByteBuffer> contents = List.of();
  private final List<RgbImage> images = new ArrayList<>();
  private Augmentation augmentation = new Augmentation(1, 1, Normalisation.IMAGENET);
  private ResizedCrop crop = new ResizedCrop(Interpolation.BICUBIC, 1, 1);
  private FloatBuffer batch = FloatBuffer.allocate(0);
  private float[] row = new float[0];
  private RgbImage small = RgbImage.filled(1, 1, 0);
  private int next;

  /** Loads and decodes the images. */
  @Setup
  public void load() throws IOException, InvalidImageException {
    contents = SamplePhotos.load();
    for (ByteBuffer content : contents) {
      images.add(decoder.decode(content));
    }
    augmentation = new Augmentation(resolution, resolution, Normalisation.IMAGENET);
    crop = new ResizedCrop(Interpolation.BICUBIC, resolution, resolution);
    row = new float[resolution];
    batch =
        ByteBuffer.allocateDirect(3 * resolution * resolution * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    crop();
    byte[] pixels = new byte[3 * resolution * resolution];
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / 3;
      pixels[i] = (byte) view.row(i % 3, pixel / resolution)[pixel % resolution];
    }
    small = new RgbImage(resolution, resolution, pixels);
  }

  /** Frees the decoder's memory. */
  @TearDown
  public void free() {
    target.close();
  }

  private AugmentationParameters parameters(RgbImage image, long key) {
    return AugmentationParameters.draw(
        AugmentationSet.SYMMETRIC.first(), key, image.width(), image.height());
  }

  private int image() {
    next = (next + 1) % images.size();
    return next;
  }

  /** Checks and decodes one image. */
  @Benchmark
  public int decode() throws InvalidImageException {
    ByteBuffer content = contents.get(image());
    return decoder.decode(content, decoder.check(content), 1, target);
  }

  /** Decodes one image at half its sides. */
  @Benchmark
  public int decodeReduced() throws InvalidImageException {
    ByteBuffer content = contents.get(image());
    return decoder.decode(content, decoder.check(content), 2, target);
  }

  /** Cuts and scales one view. */
  @Benchmark
  public PlanarImage crop() {
    int taken = image();
    crop.apply(images.get(taken), parameters(images.get(taken), taken).crop(), view);
    return view;
  }

  /** Brightness, contrast and saturation of one view. */
  @Benchmark
  public PlanarImage colours() {
    ColorOperations.brightness(view, 1.01f);
    ColorOperations.contrast(view, 0.99f);
    ColorOperations.saturation(view, 1.01f);
    return view;
  }

  /** Hue of one view. */
  @Benchmark
  public PlanarImage hue() {
    HueShift.apply(view, 0.1);
    return view;
  }

  /** Blur of one view. */
  @Benchmark
  public PlanarImage blur() {
    blur.apply(view, 1.2f);
    return view;
  }

  /** One view to floats. */
  @Benchmark
  public FloatBuffer normalise() {
    Normalisation.IMAGENET.write(view, row, batch, 0);
    return batch;
  }

  /** One image: decoded once, two views of it written. */
  @Benchmark
  public FloatBuffer twoViews() throws InvalidImageException {
    int taken = image();
    ByteBuffer content = contents.get(taken);
    AugmentationParameters first = parameters(images.get(taken), 2L * taken);
    AugmentationParameters second = parameters(images.get(taken), 2L * taken + 1);
    int reduction =
        Math.min(augmentation.reduction(first.crop()), augmentation.reduction(second.crop()));
    int applied = decoder.decode(content, decoder.check(content), reduction, target);
    augmentation.apply(target, applied, first, batch, 0);
    augmentation.apply(target, applied, second, batch, 0);
    return batch;
  }

  /** The whole image scaled to a view, as evaluation does. */
  @Benchmark
  public PlanarImage scaleWhole() {
    RgbImage image = images.get(image());
    crop.apply(image, CropBox.whole(image.width(), image.height()), view);
    return view;
  }

  /** One view as PNG. */
  @Benchmark
  public byte[] encodePng() {
    return ImageEncoder.png(small);
  }

  /** One view as JPEG. */
  @Benchmark
  public byte[] encodeJpeg() {
    return ImageEncoder.jpeg(small, JPEG_QUALITY);
  }
}
