/**
 * A grid of trainings from one file, compared in one report: the paper's figure 4, accuracy over
 * the probability of a synthetic view.
 *
 * <p>{@link io.viewstream.local.experiment.GridFile} reads a {@link
 * io.viewstream.local.experiment.Grid}, which is a list of {@link
 * io.viewstream.local.experiment.Cell}s: one training each. {@link
 * io.viewstream.local.experiment.Experiment} goes through them, one after the other, and leaves out
 * those whose {@link io.viewstream.local.experiment.CellResult} is on disk already. What a cell
 * does stands behind {@link io.viewstream.local.experiment.CellRunner}; {@link
 * io.viewstream.local.experiment.TrainedCell} trains from Kafka and measures the features. {@link
 * io.viewstream.local.experiment.Comparison} puts the seeds of a cell together.
 */
@NullMarked
package io.viewstream.local.experiment;

import org.jspecify.annotations.NullMarked;
