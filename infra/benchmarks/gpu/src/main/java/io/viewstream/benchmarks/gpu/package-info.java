/**
 * Times engines on a GPU and checks them against another engine. {@link
 * io.viewstream.benchmarks.gpu.RandomWeights} fills in the weights of a model that travelled
 * without them, {@link io.viewstream.benchmarks.gpu.BenchmarkModel} says what a model takes, and
 * {@link io.viewstream.benchmarks.gpu.EngineBenchmark} runs it.
 */
@NullMarked
package io.viewstream.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;
