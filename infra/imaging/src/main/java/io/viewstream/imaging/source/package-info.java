/**
 * Where images come from: folders, tar archives, and shapes that are drawn on the fly.
 *
 * <p>Reading order: {@link io.viewstream.imaging.source.ImageSource} opens one of the three by what
 * the user wrote; its reader streams {@link io.viewstream.imaging.source.SourceEntry}s in an order
 * that is the same in every run, each an image file with its path and label or a rejected file with
 * the reason. {@link io.viewstream.imaging.source.SourceOptions} says which part of a source is
 * meant. Contents are passed on as they are: whether they are images is found out by {@link
 * io.viewstream.imaging.ImageDecoder#check}.
 *
 * <p>Labels are the names of class sub-folders. A source whose root has the sub-folders train and
 * test is divided in two by them, and a {@link io.viewstream.imaging.source.Split} chooses.
 */
@NullMarked
package io.viewstream.imaging.source;

import org.jspecify.annotations.NullMarked;
