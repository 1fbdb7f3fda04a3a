package io.viewstream.trainer.feed;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.internal.PoolRecord;
import io.viewstream.trainer.feed.internal.PoolStore;
import io.viewstream.trainer.feed.internal.PoolStores;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A pool without a cluster: what is appended is visible from the next horizon on. */
final class ScriptedPool implements HorizonPool, AutoCloseable {

  private static final int SIDE = 20;

  private final PoolStore store;
  private long sources;
  private long views;

  ScriptedPool(Path directory) {
    store = PoolStores.open(directory, 1);
  }

  /** An image of noise, a function of the seed. */
  static byte[] picture(long seed) {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    new Random(seed).nextBytes(pixels);
    return ImageEncoder.png(new RgbImage(SIDE, SIDE, pixels));
  }

  /** An image of one colour. */
  static byte[] plain(int red, int green, int blue) {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i += 3) {
      pixels[i] = (byte) red;
      pixels[i + 1] = (byte) green;
      pixels[i + 2] = (byte) blue;
    }
    return ImageEncoder.png(new RgbImage(SIDE, SIDE, pixels));
  }

  static String id(int image) {
    return "set/" + image;
  }

  void add(int image, byte[] content, int viewCount) {
    store.append(
        Topic.SOURCE_IMAGES,
        PoolRecord.source(
            0,
            sources++,
            id(image),
            PoolStores.sha256(content),
            null,
            SIDE,
            SIDE,
            ByteBuffer.wrap(content)));
    for (int view = 0; view < viewCount; view++) {
      addView(id(image), content, view, picture(1000L * image + view));
    }
  }

  void addView(String id, byte[] source, int index, byte[] content) {
    store.append(
        Topic.SYNTHETIC_VIEWS,
        PoolRecord.view(
            0,
            views++,
            id,
            PoolStores.sha256(source),
            "run",
            index,
            SIDE,
            SIDE,
            ByteBuffer.wrap(content)));
  }

  @Override
  public Horizon freezeHorizon() {
    return new Horizon(
        PoolStores.CLUSTER,
        new TopicHorizon("source-images", "sources-id", List.of(new OffsetRange(0, sources))),
        new TopicHorizon("synthetic-views", "views-id", List.of(new OffsetRange(0, views))));
  }

  @Override
  public PoolSnapshot snapshotAt(Horizon horizon) {
    store.checkHolds(horizon);
    return store.snapshot(horizon, List.of("run"));
  }

  @Override
  public void close() {
    store.close();
  }
}
