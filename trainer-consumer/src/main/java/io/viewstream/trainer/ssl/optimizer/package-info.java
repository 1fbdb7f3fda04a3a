/**
 * How parameters change by their gradients: {@link io.viewstream.trainer.ssl.optimizer.Optimizer}
 * with stochastic gradient descent and LARS, the learning rate as a function of the step ({@link
 * io.viewstream.trainer.ssl.optimizer.WarmupCosineSchedule}) and the exponential average that a
 * momentum target follows ({@link io.viewstream.trainer.ssl.optimizer.MomentumTarget}, {@link
 * io.viewstream.trainer.ssl.optimizer.MomentumSchedule}). All follow solo-learn, the code of the
 * paper, to float32 rounding.
 */
@NullMarked
package io.viewstream.trainer.ssl.optimizer;

import org.jspecify.annotations.NullMarked;
