package io.viewstream.trainer.train;

import java.util.Arrays;

/**
 * The values that determine a training, by the names that presets, manifests, checkpoints and
 * {@code --set} use.
 */
public enum SettingKey {
  /** The self-supervised method. */
  METHOD("method"),
  /**
   * The network: resnet18, resnet34 or resnet50, with {@code -cifar} behind it for the stem for
   * small images.
   */
  BACKBONE("backbone"),
  /** Channels of the backbone's first stage. */
  WIDTH("width"),
  /** Side of the views in pixels. */
  RESOLUTION("resolution"),
  /** Images in a batch. */
  BATCH_SIZE("batch-size"),
  /** Batches whose gradients are averaged into one step; more than 1 for BYOL and SimSiam alone. */
  ACCUMULATION("accumulation"),
  /** Passes over the images; without effect where steps are given. */
  EPOCHS("epochs"),
  /** Steps in all; 0 stands for as many as the epochs have. */
  STEPS("steps"),
  /** sgd or lars. */
  OPTIMIZER("optimizer"),
  /**
   * Highest learning rate for a step of 256 images; it grows in proportion to the images of a step,
   * which are those of all its batches.
   */
  LEARNING_RATE("learning-rate"),
  /** The part of all steps in which the rate rises, in [0, 1]. */
  WARMUP_FRACTION("warmup-fraction"),
  /** Learning rate of the first step, for one batch; it grows in proportion to a step's batches. */
  WARMUP_START_RATE("warmup-start-rate"),
  /** Momentum of the optimizer. */
  MOMENTUM("momentum"),
  /** Weight decay. */
  WEIGHT_DECAY("weight-decay"),
  /** Whether biases and norms are excluded from weight decay and from LARS. */
  EXCLUDE_BIASES_AND_NORMS("exclude-biases-and-norms"),
  /** η of LARS. */
  LARS_TRUST("lars-trust"),
  /** Whether LARS keeps a tensor's rate below the scheduled one. */
  LARS_CLIP("lars-clip"),
  /** Name of the augmentation set. */
  AUGMENTATION("augmentation"),
  /** Smallest part of an image's area that a crop keeps. */
  MIN_CROP_SCALE("min-crop-scale"),
  /** Width of the projector's hidden layers. */
  PROJECTOR_HIDDEN("projector-hidden"),
  /** Dimension of the projection. */
  PROJECTOR_OUTPUT("projector-output"),
  /** Width of the predictor's hidden layer, of BYOL and SimSiam. */
  PREDICTOR_HIDDEN("predictor-hidden"),
  /** Keys in each queue of MoCo. */
  QUEUE_SIZE("queue-size"),
  /** τ of the momentum target at the first step, of BYOL and MoCo. */
  TARGET_MOMENTUM("target-momentum"),
  /** τ of the momentum target at the end, of BYOL and MoCo. */
  FINAL_TARGET_MOMENTUM("final-target-momentum"),
  /** λ of Barlow Twins. */
  OFF_DIAGONAL_WEIGHT("off-diagonal-weight"),
  /** Scale of Barlow Twins' loss. */
  LOSS_SCALE("loss-scale"),
  /** τ of the contrastive losses. */
  TEMPERATURE("temperature"),
  /** Seed of first parameters, order, choice of views and augmentation. */
  SEED("seed"),
  /** Probability of a synthetic view, for each slot that may have one. */
  GENERATIVE_PROBABILITY("generative-probability"),
  /** Which slot may be synthetic: first, second, both or either. */
  SYNTHETIC_SLOT("synthetic-slot"),
  /** The runs of the generation stage whose views are used, separated by commas. */
  VIEWS_FROM("views-from"),
  /**
   * Whose view a synthetic one is: own, or as a control other-image or same-class; own where it is
   * not given.
   */
  PAIRING("pairing"),
  /**
   * Name of the augmentation set for synthetic views, whose crops are never smaller than
   * min-crop-scale says; that of the real ones where it is not given.
   */
  SYNTHETIC_AUGMENTATION("synthetic-augmentation"),
  /** epochs or continuous; epochs where it is not given. */
  MODE("mode"),
  /** Images that have to arrive for a new window of continuous mode. */
  WINDOW_IMAGES("window-images"),
  /** Images that a window of continuous mode draws from at most. */
  SHUFFLE_BUFFER("shuffle-buffer"),
  /** Steps in which the rate rises when a training has no end. */
  WARMUP_STEPS("warmup-steps");

  private final String text;

  SettingKey(String text) {
    this.text = text;
  }

  /** The key as users write it. */
  public String text() {
    return text;
  }

  /**
   * The key of that name.
   *
   * @throws SettingsException if there is none
   */
  public static SettingKey named(String text) {
    return Arrays.stream(values())
        .filter(key -> key.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingsException(
                    "There is no setting '%s'; there are %s"
                        .formatted(
                            text,
                            String.join(
                                ", ", Arrays.stream(values()).map(SettingKey::text).toList()))));
  }
}
