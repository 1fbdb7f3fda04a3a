/**
 * Generators of synthetic views: from source images to views that keep their semantics.
 *
 * <p>Read {@link io.viewstream.generators.Generator} first: a batch of {@link
 * io.viewstream.generators.GenerationRequest}s goes in, one {@link
 * io.viewstream.generators.GenerationOutcome} for each comes out, and nothing but the request
 * decides what it is. The exceptions say what the caller must do next: {@link
 * io.viewstream.generators.GenerationFailedException} concerns one call, {@link
 * io.viewstream.generators.DeviceFailedException} the whole instance, {@link
 * io.viewstream.generators.GenerationAbandonedException} nobody.
 *
 * <p>{@link io.viewstream.generators.Generators} opens one by name or from a model package. {@link
 * io.viewstream.generators.BatchingGenerator} lets many threads share it, and {@link
 * io.viewstream.generators.ViewSetGenerator} makes all views of a source record or none, each by
 * its own {@link io.viewstream.generators.ViewSeed}.
 *
 * <p>This package knows nothing of Kafka; images and seeds are all that crosses its border.
 */
@NullMarked
package io.viewstream.generators;

import org.jspecify.annotations.NullMarked;
