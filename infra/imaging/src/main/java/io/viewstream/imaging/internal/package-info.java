/** The structure of JPEG and PNG files, and the way into and out of OpenCV's memory. */
@NullMarked
package io.viewstream.imaging.internal;

import org.jspecify.annotations.NullMarked;
