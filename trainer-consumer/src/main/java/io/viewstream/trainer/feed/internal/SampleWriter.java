package io.viewstream.trainer.feed.internal;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.NativeImage;
import io.viewstream.imaging.augment.Augmentation;
import io.viewstream.imaging.augment.AugmentationParameters;
import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.imaging.augment.CounterRandom;
import io.viewstream.imaging.augment.ViewAugmentation;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.StoredImage;
import io.viewstream.trainer.feed.ViewChoice;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Decodes and augments both views of a sample into the batch. Everything random is drawn from
 * (seed, epoch, image, slot), and for an image that stands in an epoch more than once from which
 * time this is. Belongs to one thread.
 */
final class SampleWriter implements AutoCloseable {

  /** Keeps the draws apart from those of the order. */
  private static final long PURPOSE = 0x73616d706c65L;

  private static final int MIXING = 2;
  private static final int PARTNER = 3;

  /** An image is replaced by the next, that by the next, and so on, up to here. */
  private static final int MAX_REPLACEMENTS = 100;

  private final FeedSettings settings;
  private final ImageDecoder decoder;
  private final Augmentation augmentation;
  private final AugmentationSet syntheticAugmentation;
  private final int valuesPerView;
  private final NativeImage decoded = new NativeImage();

  SampleWriter(FeedSettings settings, ImageDecoder decoder) {
    this.settings = settings;
    this.decoder = decoder;
    this.augmentation =
        new Augmentation(settings.resolution(), settings.resolution(), settings.normalisation());
    this.syntheticAugmentation = settings.syntheticAugmentation().orElse(settings.augmentation());
    this.valuesPerView = 3 * settings.resolution() * settings.resolution();
  }

  /**
   * Writes one sample.
   *
   * @param position place of the sample in the epoch, over all ranks
   * @param sample index of the sample in the rank's batch
   * @return what was written
   */
  WrittenSample write(
      Epoch epoch, long position, int sample, FloatBuffer first, FloatBuffer second) {
    for (int replacements = 0; replacements <= MAX_REPLACEMENTS; replacements++) {
      long taken = position + replacements;
      int image = epoch.order().image(taken);
      // The replacement stands in the epoch at its own place too, and must not look the same here.
      long repeat = (long) epoch.order().lap(taken) << Integer.SIZE | replacements;
      long key = CounterRandom.key(CounterRandom.key(settings.seed(), PURPOSE), epoch.number());
      key = CounterRandom.key(CounterRandom.key(key, epoch.snapshot().hash(image)), repeat);
      try {
        int partner = epoch.partners().partner(image, CounterRandom.key(key, PARTNER));
        ViewChoice choice =
            settings
                .mixing()
                .choose(CounterRandom.key(key, MIXING), epoch.partners().available(partner));
        writeViews(epoch, image, partner, choice, key, sample, first, second);
        return new WrittenSample(image, choice, replacements);
      } catch (InvalidImageException e) {
        // The next of the order takes its place; the batch counts it.
      }
    }
    throw new FeedException(
        MAX_REPLACEMENTS + " images in a row cannot be decoded; check what was ingested");
  }

  private void writeViews(
      Epoch epoch,
      int image,
      int partner,
      ViewChoice choice,
      long key,
      int sample,
      FloatBuffer first,
      FloatBuffer second)
      throws InvalidImageException {
    boolean oneImage = choice.first() < 0 && choice.second() < 0;
    ByteBuffer firstContent = content(epoch, image, partner, choice.first());
    ByteBuffer secondContent =
        oneImage ? firstContent : content(epoch, image, partner, choice.second());
    ImageHeader firstHeader = decoder.check(firstContent);
    ImageHeader secondHeader = oneImage ? firstHeader : decoder.check(secondContent);
    AugmentationParameters firstDrawn =
        draw(augmentation(choice.first()).first(), CounterRandom.key(key, 0), firstHeader);
    AugmentationParameters secondDrawn =
        draw(augmentation(choice.second()).second(), CounterRandom.key(key, 1), secondHeader);
    int firstReduction = augmentation.reduction(firstDrawn.crop());
    int secondReduction = augmentation.reduction(secondDrawn.crop());
    int position = sample * valuesPerView;
    if (oneImage) {
      int wanted = Math.min(firstReduction, secondReduction);
      int applied = decoder.decode(firstContent, firstHeader, wanted, decoded);
      augmentation.apply(decoded, applied, firstDrawn, first, position);
      augmentation.apply(decoded, applied, secondDrawn, second, position);
    } else {
      int applied = decoder.decode(firstContent, firstHeader, firstReduction, decoded);
      augmentation.apply(decoded, applied, firstDrawn, first, position);
      applied = decoder.decode(secondContent, secondHeader, secondReduction, decoded);
      augmentation.apply(decoded, applied, secondDrawn, second, position);
    }
  }

  private AugmentationSet augmentation(int choice) {
    return choice < 0 ? settings.augmentation() : syntheticAugmentation;
  }

  /** The encoded bytes of the real image, or for a choice from 0 up of the partner's picture. */
  private static ByteBuffer content(Epoch epoch, int image, int partner, int choice) {
    StoredImage stored =
        choice < 0 ? epoch.snapshot().source(image) : epoch.partners().picture(partner, choice);
    return stored.content();
  }

  private static AugmentationParameters draw(ViewAugmentation view, long key, ImageHeader header) {
    return AugmentationParameters.draw(view, key, header.width(), header.height());
  }

  /** Frees the memory of decoded images. */
  @Override
  public void close() {
    decoded.close();
  }

  /**
   * What an epoch's samples are made of.
   *
   * @param number the epoch, from 0
   * @param partners whose views stand beside an image
   */
  record Epoch(int number, PoolSnapshot snapshot, SampleOrder order, Partners partners) {}

  /**
   * What stands at one place of a batch.
   *
   * @param image its number in the snapshot
   * @param replacements how many images before it could not be decoded
   */
  record WrittenSample(int image, ViewChoice choice, int replacements) {}
}
