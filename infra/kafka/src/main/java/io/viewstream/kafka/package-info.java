/**
 * What every service shares on its way to Kafka.
 *
 * <p>{@link io.viewstream.kafka.ConnectionSettings} says where the cluster and the registry are;
 * {@link io.viewstream.kafka.TopicAdministrator} creates and checks the topics; {@link
 * io.viewstream.kafka.GenerationRuns} knows which runs of the generation stage exist. How a command
 * talks to its user is in {@link io.viewstream.kafka.command}.
 */
@NullMarked
package io.viewstream.kafka;

import org.jspecify.annotations.NullMarked;
