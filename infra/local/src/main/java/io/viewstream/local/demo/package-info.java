/**
 * The whole data plane in one process: {@link io.viewstream.local.demo.Demo} starts a broker and a
 * registry and then calls the same service classes as the single commands do, one stage after the
 * other. {@link io.viewstream.local.demo.DemoSettings} says what is asked for, {@link
 * io.viewstream.local.demo.DemoOutcome} what came of it.
 */
@NullMarked
package io.viewstream.local.demo;

import org.jspecify.annotations.NullMarked;
