package io.viewstream.imaging;

/** The encodings of images that viewstream reads and writes. */
public enum ImageFormat {
  JPEG,
  PNG
}
