/**
 * {@code viewstream bench}: how fast this machine is at each stage, and how far from what bounds
 * it.
 *
 * <p>Every benchmark is a command of its own ({@link io.viewstream.local.bench.IngestBench} and so
 * on): it runs the same service class as the real command, then the bound on the same images, in
 * the same process, both warmed up before. A {@link io.viewstream.local.bench.Measurement} is one
 * of these runs; a {@link io.viewstream.local.bench.BenchResult} is what they come to. The broker
 * is never in this process ({@link io.viewstream.local.bench.BenchServers}), so that processor time
 * is that of the stage alone.
 */
@NullMarked
package io.viewstream.local.bench;

import org.jspecify.annotations.NullMarked;
