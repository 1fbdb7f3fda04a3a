/**
 * The losses of the self-supervised methods, each a function of tensors without state. What must
 * not be reached by the gradient is cut off inside the loss, so that a method cannot forget it.
 */
@NullMarked
package io.viewstream.trainer.ssl.loss;

import org.jspecify.annotations.NullMarked;
