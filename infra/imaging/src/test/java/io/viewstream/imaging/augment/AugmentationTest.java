package io.viewstream.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.viewstream.imaging.RgbImage;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  private static final int SIZE = 24;
  private static final int VALUES = 3 * SIZE * SIZE;

  private static RgbImage noise(long seed, int width, int height) {
    byte[] pixels = new byte[width * height * 3];
    new Random(seed).nextBytes(pixels);
    return new RgbImage(width, height, pixels);
  }

  @Test
  void shouldNotLetOneImageShowInTheNext() {
    Augmentation used = new Augmentation(SIZE, SIZE, Normalisation.IMAGENET);
    FloatBuffer batch = FloatBuffer.allocate(40 * VALUES);
    for (int i = 0; i < 40; i++) {
      RgbImage image = noise(i, 20 + i * 7 % 90, 20 + i * 11 % 90);
      ViewAugmentation settings =
          i % 2 == 0 ? AugmentationSet.ASYMMETRIC.first() : AugmentationSet.ASYMMETRIC.second();
      AugmentationParameters parameters =
          AugmentationParameters.draw(settings, i, image.width(), image.height());
      used.apply(image, parameters, batch, i * VALUES);

      FloatBuffer alone = FloatBuffer.allocate(VALUES);
      new Augmentation(SIZE, SIZE, Normalisation.IMAGENET).apply(image, parameters, alone, 0);
      assertThat(alone).as("image " + i).isEqualTo(batch.slice(i * VALUES, VALUES));
    }
  }

  @Test
  void shouldKeepAnImageOfTheRightSizeAsItIs() {
    RgbImage image = noise(5, SIZE, SIZE);
    PlanarImage planar = new PlanarImage();
    new ResizedCrop(Interpolation.BICUBIC, SIZE, SIZE)
        .apply(image, CropBox.whole(SIZE, SIZE), planar);
    assertThat(TransformFixturesTest.interleaved(planar)).isEqualTo(image);
    ColorOperations.brightness(planar, 1);
    ColorOperations.contrast(planar, 1);
    ColorOperations.saturation(planar, 1);
    assertThat(TransformFixturesTest.interleaved(planar)).isEqualTo(image);
  }

  @Test
  void shouldScaleLargeBoxesWithOrWithoutAKeptTable() {
    RgbImage image = noise(6, 600, 500);
    CropBox large = new CropBox(3, 5, 590, 480);
    CropBox other = new CropBox(0, 0, 300, 310);
    ResizedCrop crop = new ResizedCrop(Interpolation.BICUBIC, SIZE, SIZE);
    PlanarImage first = new PlanarImage();
    PlanarImage again = new PlanarImage();
    crop.apply(image, large, first);
    crop.apply(image, other, again);
    crop.apply(image, large, again);
    assertThat(TransformFixturesTest.interleaved(again))
        .isEqualTo(TransformFixturesTest.interleaved(first));
  }

  @Test
  void shouldBlurImagesSmallerThanTheBlur() {
    for (int side = 1; side < 5; side++) {
      PlanarImage planar = new PlanarImage();
      new ResizedCrop(Interpolation.BICUBIC, side, side)
          .apply(RgbImage.filled(9, 9, 0x20c0ff), CropBox.whole(9, 9), planar);
      new ExtendedBoxBlur().apply(planar, 2);
      assertThat(TransformFixturesTest.interleaved(planar))
          .isEqualTo(RgbImage.filled(side, side, 0x20c0ff));
    }
  }

  @Test
  void shouldRefuseABoxOutsideTheImage() {
    ResizedCrop crop = new ResizedCrop(Interpolation.BICUBIC, SIZE, SIZE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> crop.apply(noise(1, 10, 10), new CropBox(5, 0, 6, 4), new PlanarImage()))
        .withMessageContaining("10 x 10");
  }

  @Test
  void shouldMirrorWhileScaling() {
    RgbImage image = noise(7, 60, 31);
    CropBox box = new CropBox(4, 1, 50, 29);
    ResizedCrop crop = new ResizedCrop(Interpolation.BICUBIC, SIZE, SIZE);
    PlanarImage mirrored = new PlanarImage();
    crop.apply(image, 1, box, true, mirrored);
    PlanarImage flipped = new PlanarImage();
    crop.apply(image, box, flipped);
    ColorOperations.flip(flipped);
    assertThat(TransformFixturesTest.interleaved(mirrored))
        .isEqualTo(TransformFixturesTest.interleaved(flipped));
  }

  @Test
  void shouldKeepAnEvenImageEvenAtEveryReduction() {
    RgbImage image = RgbImage.filled(101, 77, 0x01fe80);
    for (int reduction = 1; reduction <= 8; reduction *= 2) {
      PlanarImage view = new PlanarImage();
      CropBox box = new CropBox(3, 5, 101 * reduction - 11, 77 * reduction - 7);
      new ResizedCrop(Interpolation.BICUBIC, SIZE, SIZE).apply(image, reduction, box, false, view);
      assertThat(TransformFixturesTest.interleaved(view))
          .isEqualTo(RgbImage.filled(SIZE, SIZE, 0x01fe80));
    }
  }

  @Test
  void shouldReduceOnlyWherePixelsAreToSpare() {
    Augmentation augmentation = new Augmentation(SIZE, SIZE, Normalisation.IMAGENET);
    assertThat(augmentation.reduction(CropBox.whole(4 * SIZE - 1, 9 * SIZE))).isEqualTo(1);
    assertThat(augmentation.reduction(CropBox.whole(4 * SIZE, 9 * SIZE))).isEqualTo(2);
    assertThat(augmentation.reduction(CropBox.whole(8 * SIZE, 8 * SIZE))).isEqualTo(4);
    assertThat(augmentation.reduction(CropBox.whole(900 * SIZE, 900 * SIZE))).isEqualTo(8);
  }
}
