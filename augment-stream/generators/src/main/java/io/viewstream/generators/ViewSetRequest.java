package io.viewstream.generators;

import io.viewstream.imaging.RgbImage;

/**
 * All views of one source record in one run.
 *
 * @param imageId of the source
 * @param sourceSha256 of the encoded source, 32 bytes; not to be modified
 * @param source the decoded source
 * @param runSeed of the run
 * @param views how many, at least 1
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to ViewSeed, never compared
public record ViewSetRequest(
    String imageId, byte[] sourceSha256, RgbImage source, long runSeed, int views) {

  public ViewSetRequest {
    if (views < 1) {
      throw new IllegalArgumentException(
          views + " views of image " + imageId + " asked for, must be at least 1");
    }
  }
}
