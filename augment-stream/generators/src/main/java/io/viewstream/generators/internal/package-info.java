/**
 * The machinery of the generators; nothing here is for other modules.
 *
 * <p>Randomness: {@link io.viewstream.generators.internal.Philox4x32} is the counter-based
 * generator, {@link io.viewstream.generators.internal.RandomStream} reads it as a sequence of
 * numbers, {@link io.viewstream.generators.internal.GaussianNoise} shapes them.
 *
 * <p>Batching: {@link io.viewstream.generators.internal.BatchQueue} decides which images join which
 * engine call and never waits itself; {@link io.viewstream.generators.internal.BatchExchange} adds
 * the waiting.
 */
@NullMarked
package io.viewstream.generators.internal;

import org.jspecify.annotations.NullMarked;
