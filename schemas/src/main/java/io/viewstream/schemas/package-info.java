/**
 * The contract between the services: what each topic carries.
 *
 * <p>The records ({@code SourceImage}, {@code SyntheticView}, {@code DeadLetter}, {@code
 * GenerationRun}) are generated from {@code src/main/avro}; {@link io.viewstream.schemas.Topic}
 * ties each to its topic and {@link io.viewstream.schemas.TopicNames} gives the topics their names
 * on one cluster. How records become bytes is in {@link io.viewstream.schemas.serde}.
 */
@NullMarked
package io.viewstream.schemas;

import org.jspecify.annotations.NullMarked;
