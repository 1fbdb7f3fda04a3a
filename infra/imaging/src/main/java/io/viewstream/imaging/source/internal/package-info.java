/** The three kinds of image source, and what they share: paths, labels, splits, bounded reading. */
@NullMarked
package io.viewstream.imaging.source.internal;

import org.jspecify.annotations.NullMarked;
