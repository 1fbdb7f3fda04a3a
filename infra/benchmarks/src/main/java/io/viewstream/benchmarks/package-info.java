/**
 * JMH benchmarks of what is done for every image: decoding, the parts of an augmentation and
 * encoding. They are compiled with the project and run by hand, through {@code
 * infra/benchmarks/jmh}; whole stages are measured by {@code viewstream bench}.
 */
@NullMarked
package io.viewstream.benchmarks;

import org.jspecify.annotations.NullMarked;
