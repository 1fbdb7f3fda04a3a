/**
 * Networks on plain tensors: what a self-supervised method trains.
 *
 * <p>Read {@link io.viewstream.trainer.ssl.network.NamedTensors} first: it owns every parameter and
 * buffer of one model under the names that torchvision gives them. {@link
 * io.viewstream.trainer.ssl.network.TensorScope} is a name prefix inside it, handed to the layers,
 * which declare their tensors there. {@link io.viewstream.trainer.ssl.network.Initialisation} draws
 * first values from the seed and the tensor's name alone, so that no order of construction and no
 * state of the engine matters. {@link io.viewstream.trainer.ssl.network.ResNetBackbone} and {@link
 * io.viewstream.trainer.ssl.network.MultilayerPerceptron} are made of those layers. Layers hold no
 * tensors between calls; whatever {@code forward} makes belongs to the manager of its input.
 *
 * <p>DJL's own blocks are not used: its residual networks of 18 and 34 layers hard-code
 * bottlenecks, its parameter names are numbers, and its initialisers draw from the engine's global
 * state.
 */
@NullMarked
package io.viewstream.trainer.ssl.network;

import org.jspecify.annotations.NullMarked;
