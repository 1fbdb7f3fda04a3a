package io.viewstream.trainer.ssl.network;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The tensors of one model by name, in order of declaration: parameters, which training changes by
 * gradient, and buffers, which it changes otherwise (the statistics of batch normalisation,
 * momentum targets, queues). All are float32 and live on one device.
 *
 * <p>Owns a child of the manager it is given, and with it every tensor; {@link #close()} frees
 * them. Not thread-safe: one training or evaluating thread at a time.
 */
public final class NamedTensors implements AutoCloseable {

  private final NDManager manager;
  private final long seed;
  private final SequencedMap<String, NDArray> parameters = new LinkedHashMap<>();
  private final SequencedMap<String, NDArray> buffers = new LinkedHashMap<>();

  /**
   * An empty collection.
   *
   * @param parent borrowed; gives engine and device
   * @param seed of all first values
   */
  public NamedTensors(NDManager parent, long seed) {
    this.manager = parent.newSubManager();
    this.manager.setName("named tensors");
    this.seed = seed;
  }

  /** The scope with the empty prefix. */
  public TensorScope root() {
    return new TensorScope(this, "", true);
  }

  /** The parameters by name, in order of declaration; the tensors are live. */
  public SequencedMap<String, NDArray> parameters() {
    return Collections.unmodifiableSequencedMap(parameters);
  }

  /** The buffers by name, in order of declaration; the tensors are live. */
  public SequencedMap<String, NDArray> buffers() {
    return Collections.unmodifiableSequencedMap(buffers);
  }

  /** Parameters and buffers together: all that a checkpoint of the model holds. */
  public Map<String, NDArray> all() {
    Map<String, NDArray> all = new LinkedHashMap<>(parameters);
    all.putAll(buffers);
    return all;
  }

  /** The manager that owns the tensors, for tensors that live as long. */
  public NDManager manager() {
    return manager;
  }

  /** The device that the tensors are on. */
  public Device device() {
    return manager.getDevice();
  }

  /** The number of trained scalars. */
  public long parameterCount() {
    return parameters.values().stream().mapToLong(NDArray::size).sum();
  }

  NDArray declareParameter(String name, Shape shape, Initialisation initialisation) {
    NDArray tensor = create(name, shape, initialisation);
    tensor.setRequiresGradient(true);
    parameters.put(name, tensor);
    return tensor;
  }

  NDArray declareBuffer(String name, Shape shape, Initialisation initialisation) {
    NDArray tensor = create(name, shape, initialisation);
    buffers.put(name, tensor);
    return tensor;
  }

  private NDArray create(String name, Shape shape, Initialisation initialisation) {
    if (parameters.containsKey(name) || buffers.containsKey(name)) {
      throw new IllegalArgumentException("Tensor " + name + " is declared twice");
    }
    float[] values = new float[Math.toIntExact(shape.size())];
    initialisation.fill(values, shape.getShape(), Initialisation.randomOf(seed, name));
    NDArray tensor = manager.create(values, shape);
    tensor.setName(name);
    return tensor;
  }

  @Override
  public void close() {
    manager.close();
  }
}
