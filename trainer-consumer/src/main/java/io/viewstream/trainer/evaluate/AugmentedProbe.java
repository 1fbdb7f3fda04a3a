package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.viewstream.imaging.augment.AugmentationParameters;
import io.viewstream.imaging.augment.ColorJitter;
import io.viewstream.imaging.augment.CounterRandom;
import io.viewstream.imaging.augment.ViewAugmentation;
import java.util.ArrayList;
import java.util.Random;

/**
 * Linear classification as solo-learn does it: in each epoch every image is cropped and flipped
 * anew (RandomResizedCrop of 8 to 100 % of the area, a flip for every second), its features are
 * computed again, and the classifier, which starts at torch's uniform values, learns by LARS with a
 * rate that falls by a half cosine. Takes as many passes of the backbone as there are epochs.
 *
 * <p>The crop is bicubic as in training; torchvision's is bilinear here.
 *
 * @param epochs passes over the training images, at least 1
 * @param batchSize images in a step, at least 1; all where there are fewer
 * @param learningRate of the first step for a batch of 256; it grows in proportion to the batch
 * @param momentum in [0, 1)
 * @param trust η of LARS, without clipping, on weight and bias alike
 * @param seed of first values, order and crops
 */
public record AugmentedProbe(
    int epochs, int batchSize, double learningRate, double momentum, double trust, long seed)
    implements Probe {

  /**
   * GenerativeSSL's scripts/linear/*.yaml: 100 epochs, LARS, batch 512 on each of 4 devices, rate
   * 0.1, no decay; momentum, η and seed are solo-learn's defaults (solo/args/linear.py). They are
   * made for ImageNet: with a few thousand images there are so few steps that the classifier stays
   * far from its optimum.
   */
  public static final AugmentedProbe SOLO_LEARN = new AugmentedProbe(100, 2048, 0.1, 0.9, 1e-3, 5);

  private static final ViewAugmentation CROP_AND_FLIP =
      new ViewAugmentation(0.08, 1, 0.5, new ColorJitter(0, 0, 0, 0, 0), 0, 0, 0);

  /** Checks the values. */
  public AugmentedProbe {
    if (epochs < 1 || batchSize < 1 || !(learningRate > 0) || !(trust > 0)) {
      throw new IllegalArgumentException(
          "A probe of %d epochs, batches of %d, learning rate %s and trust %s cannot be trained"
              .formatted(epochs, batchSize, learningRate, trust));
    }
  }

  /** The same with another number of epochs. */
  public AugmentedProbe withEpochs(int other) {
    return new AugmentedProbe(other, batchSize, learningRate, momentum, trust, seed);
  }

  @Override
  public double top1(Task task) {
    int classes = task.classes().size();
    int dimension = task.train().dimension();
    Random random = new Random(seed);
    try (NDManager scope = task.manager().newSubManager();
        LinearClassifier classifier =
            new LinearClassifier(
                scope,
                uniform(scope, random, dimension, new Shape(classes, dimension)),
                uniform(scope, random, dimension, new Shape(classes)),
                momentum,
                0,
                trust)) {
      int size = Math.min(batchSize, task.train().count());
      int batches = task.train().count() / size;
      Descent descent =
          new Descent(learningRate * size / 256, (long) epochs * batches, size, random);
      for (int epoch = 0; epoch < epochs; epoch++) {
        descent.epoch(scope, classifier, views(task, epoch));
        task.epochsDone().accept(epoch + 1);
      }
      return Predictions.top1(
          Descent.predict(scope, classifier, task.test()), task.test().labels());
    }
  }

  private LabelledFeatures views(Task task, int epoch) {
    long key = CounterRandom.key(seed, epoch);
    return task.extractor()
        .extract(
            task.images(),
            new ArrayList<>(task.classes()),
            (image, crop, index) ->
                AugmentationParameters.draw(
                    CROP_AND_FLIP, CounterRandom.key(key, index), image.width(), image.height()));
  }

  /** As torch's Linear begins: uniform up to one over the root of the number of features. */
  private static NDArray uniform(NDManager manager, Random random, int dimension, Shape shape) {
    float bound = (float) (1 / Math.sqrt(dimension));
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = bound * (2 * random.nextFloat() - 1);
    }
    return manager.create(values, shape);
  }
}
