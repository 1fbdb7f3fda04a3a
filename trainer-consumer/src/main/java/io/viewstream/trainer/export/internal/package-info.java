/** Formats of files that hold features, and what they are collected in. */
@NullMarked
package io.viewstream.trainer.export.internal;

import org.jspecify.annotations.NullMarked;
