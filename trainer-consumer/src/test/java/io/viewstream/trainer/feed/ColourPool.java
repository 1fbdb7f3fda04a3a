package io.viewstream.trainer.feed;

import java.nio.file.Path;

/** A pool without a cluster whose real images are red and whose synthetic views are green. */
public final class ColourPool implements AutoCloseable {

  private final ScriptedPool pool;

  /** Images 0, 1, … with so many views each. */
  public ColourPool(Path folder, int[] viewCounts) {
    pool = new ScriptedPool(folder);
    for (int image = 0; image < viewCounts.length; image++) {
      byte[] red = ScriptedPool.plain(200, 20, image % 250);
      pool.add(image, red, 0);
      for (int view = 0; view < viewCounts[image]; view++) {
        pool.addView(ScriptedPool.id(image), red, view, ScriptedPool.plain(20, 200, view));
      }
    }
  }

  /** What a feed reads from. */
  public HorizonPool pool() {
    return pool;
  }

  /** The number of an image by its id. */
  public static int image(String id) {
    return Integer.parseInt(id.substring(id.indexOf('/') + 1));
  }

  @Override
  public void close() {
    pool.close();
  }
}
