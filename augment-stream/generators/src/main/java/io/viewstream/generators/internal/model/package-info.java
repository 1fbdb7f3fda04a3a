/**
 * Model packages and the generators that run them on DJL.
 *
 * <p>{@link io.viewstream.generators.internal.model.ModelPackage} is a folder whose files are what
 * its {@link io.viewstream.generators.internal.model.Manifest} says. {@link
 * io.viewstream.generators.internal.model.OnnxSignature} reads a network's inputs and outputs from
 * the file itself, so that a package is checked before any engine is started. {@link
 * io.viewstream.generators.internal.model.Network} is one network in an engine, {@link
 * io.viewstream.generators.internal.model.BatchBuckets} the batch sizes that it is called with, and
 * {@link io.viewstream.generators.internal.model.IcganGenerator} a kind of generator.
 */
@NullMarked
package io.viewstream.generators.internal.model;

import org.jspecify.annotations.NullMarked;
