/**
 * Self-supervised learning on plain tensors; knows nothing of Kafka, of files or of where images
 * come from.
 *
 * <p>{@link io.viewstream.trainer.ssl.SelfSupervisedMethod} is the whole of what a training loop
 * needs: a loss for two views of a batch, the parameters to change, and what to do after a step.
 * Each method is a small class over the networks of {@link io.viewstream.trainer.ssl.network}, with
 * a loss of {@link io.viewstream.trainer.ssl.loss}, changed by an optimizer of {@link
 * io.viewstream.trainer.ssl.optimizer}.
 */
@NullMarked
package io.viewstream.trainer.ssl;

import org.jspecify.annotations.NullMarked;
