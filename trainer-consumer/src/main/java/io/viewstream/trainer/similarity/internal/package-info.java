/** Matrix arithmetic in float64, by the OpenBLAS that image decoding brings along. */
@NullMarked
package io.viewstream.trainer.similarity.internal;

import org.jspecify.annotations.NullMarked;
