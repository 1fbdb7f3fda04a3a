/**
 * How the command is set up: logging, help by groups, and failures as one line and an exit code.
 */
@NullMarked
package io.viewstream.local.internal;

import org.jspecify.annotations.NullMarked;
