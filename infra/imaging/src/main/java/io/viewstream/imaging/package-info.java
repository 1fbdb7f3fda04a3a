/**
 * Images in memory: what the services need between encoded bytes and pixels, and nothing of Kafka.
 *
 * <p>Reading order: {@link io.viewstream.imaging.RgbImage} is the one form of decoded pixels.
 * {@link io.viewstream.imaging.ImageHeader} tells format and size of encoded bytes without decoding
 * them and finds truncated files; {@link io.viewstream.imaging.ImageDecoder} makes pixels of them,
 * {@link io.viewstream.imaging.ImageEncoder} bytes of pixels, {@link
 * io.viewstream.imaging.ImageScaler} other sizes. What is wrong with an image is an {@link
 * io.viewstream.imaging.InvalidImageException}, whose message is one line for a person; it does not
 * know the file's name, so the caller puts that in front.
 *
 * <p>The work is done by OpenCV. Its memory never leaves a method of this package: every native
 * object is closed before the method returns. All classes may be used by any number of threads at
 * once; OpenCV's own threads are off, since the services already run one image per thread.
 */
@NullMarked
package io.viewstream.imaging;

import org.jspecify.annotations.NullMarked;
