/**
 * Ports, locks and folders of the embedded servers, and the main class of the registry's own
 * process.
 */
@NullMarked
package io.viewstream.embedded.internal;

import org.jspecify.annotations.NullMarked;
