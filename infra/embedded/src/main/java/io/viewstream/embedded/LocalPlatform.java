package io.viewstream.embedded;

import io.viewstream.embedded.internal.LoopbackPorts;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Broker and schema registry together, all that the services need.
 *
 * <p>Both start side by side. {@link #close()} ends the registry first, as it was started last, and
 * the broker even if that fails.
 */
public final class LocalPlatform implements AutoCloseable {

  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;

  private LocalPlatform(EmbeddedBroker broker, EmbeddedRegistry registry) {
    this.broker = broker;
    this.registry = registry;
  }

  /**
   * Where the two listen and keep their data.
   *
   * @param port the broker's port, 0 for a free one
   * @param registryPort the registry's port, 0 for a free one
   * @param dataDirectory the folder to keep, with one sub-folder for each; null for temporary ones
   */
  public record Settings(int port, int registryPort, @Nullable Path dataDirectory) {

    /** Free ports, temporary folders. */
    public static Settings temporary() {
      return new Settings(0, 0, null);
    }
  }

  /**
   * Starts both and returns when both serve.
   *
   * @throws EmbeddedServerException if one does not come up; the other is closed again
   */
  public static LocalPlatform start(Settings settings) {
    // A port that cannot be had is told before the other server is started in vain.
    if (settings.port() != 0) {
      LoopbackPorts.requireFree(settings.port(), "broker");
    }
    if (settings.registryPort() != 0) {
      LoopbackPorts.requireFree(settings.registryPort(), "schema registry");
    }
    CompletableFuture<EmbeddedBroker> broker = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("embedded-broker-start")
        .start(
            () -> {
              try {
                broker.complete(EmbeddedBroker.start(settings.port(), below(settings, "broker")));
              } catch (Throwable e) {
                broker.completeExceptionally(e);
              }
            });
    EmbeddedRegistry registry;
    try {
      registry = EmbeddedRegistry.start(settings.registryPort(), below(settings, "registry"));
    } catch (RuntimeException e) {
      try (EmbeddedBroker started = await(broker)) {
        throw e;
      }
    }
    try {
      return new LocalPlatform(await(broker), registry);
    } catch (RuntimeException e) {
      try (registry) {
        throw e;
      }
    }
  }

  private static EmbeddedBroker await(CompletableFuture<EmbeddedBroker> broker) {
    try {
      return broker.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static @Nullable Path below(Settings settings, String name) {
    Path directory = settings.dataDirectory();
    return directory == null ? null : directory.resolve(name);
  }

  public EmbeddedBroker broker() {
    return broker;
  }

  public EmbeddedRegistry registry() {
    return registry;
  }

  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  public String registryUrl() {
    return registry.url();
  }

  @Override
  public void close() {
    try (broker) {
      registry.close();
    }
  }
}
