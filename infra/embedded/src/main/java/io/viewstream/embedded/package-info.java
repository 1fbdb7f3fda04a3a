/**
 * A real Kafka broker and a real schema registry on this machine, for the demo, for {@code
 * viewstream local} and for tests.
 *
 * <p>Start with {@link io.viewstream.embedded.LocalPlatform}, which is both together. {@link
 * io.viewstream.embedded.EmbeddedBroker} runs a one-node KRaft broker inside this JVM; {@link
 * io.viewstream.embedded.EmbeddedRegistry} runs Apicurio Registry, which speaks Confluent's API, as
 * a child process that ends with its parent. Both listen on the loopback address alone, on free
 * ports or on given ones, and keep their data in a given folder or in a temporary one. What goes
 * wrong is one {@link io.viewstream.embedded.EmbeddedServerException} with one clear line.
 */
@NullMarked
package io.viewstream.embedded;

import org.jspecify.annotations.NullMarked;
