package io.viewstream.trainer.feed;

/**
 * How far the generation stage has come with the images of the pool. An image is settled when it
 * has all views of every chosen run, or a dead letter of the runs whose views it lacks.
 *
 * @param images images that are not withdrawn
 * @param withViews images that have all their views
 * @param deadLettered images that lack views and have a dead letter instead
 */
public record SettledImages(int images, int withViews, int deadLettered) {

  /** Images that are settled. */
  public int settled() {
    return withViews + deadLettered;
  }

  /** Images that still wait for their views. */
  public int unsettled() {
    return images - settled();
  }
}
