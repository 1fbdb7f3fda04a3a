/**
 * Model packages and the generators that run them on DJL.
 *
 * <p>{@link io.viewstream.generators.internal.model.ModelPackage} is a folder whose files are what
 * its {@link io.viewstream.generators.internal.model.Manifest} says; {@link
 * io.viewstream.generators.internal.model.ZipPackage} is one in a single file. {@link
 * io.viewstream.generators.internal.model.OnnxSignature} reads a network's inputs and outputs from
 * the file itself, so that a package is checked before any engine is started.
 *
 * <p>{@link io.viewstream.generators.internal.model.ModelGenerator} is the generator of any
 * package: batches, padding and checks. What its kind computes is a {@link
 * io.viewstream.generators.internal.model.ViewModel}: {@link
 * io.viewstream.generators.internal.model.IcganModel} or {@link
 * io.viewstream.generators.internal.model.UnclipModel}. {@link
 * io.viewstream.generators.internal.model.Network} is one network in an engine, and {@link
 * io.viewstream.generators.internal.model.BatchBuckets} are the batch sizes that it is called with.
 */
@NullMarked
package io.viewstream.generators.internal.model;

import org.jspecify.annotations.NullMarked;
