/**
 * What a training leaves on disk so that it can go on, and others can read it.
 *
 * <p>A {@link io.viewstream.trainer.train.Checkpoint} is one file in the safetensors format,
 * readable by any language: tensors by name, and in its metadata the settings and the position as
 * JSON. {@link io.viewstream.trainer.train.checkpoint.CheckpointFolder} writes them so that a crash
 * at any moment leaves the previous one whole. {@link
 * io.viewstream.trainer.train.checkpoint.SafetensorsFile} is the format alone, which {@link
 * io.viewstream.trainer.train.checkpoint.SafetensorsWriter} also writes for tensors that other
 * programs are given.
 */
@NullMarked
package io.viewstream.trainer.train.checkpoint;

import org.jspecify.annotations.NullMarked;
