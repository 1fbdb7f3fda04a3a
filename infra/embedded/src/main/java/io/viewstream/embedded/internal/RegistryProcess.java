package io.viewstream.embedded.internal;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Main class of the registry's process: runs the registry and ends with the process that started
 * it.
 *
 * <p>The parent keeps the other end of standard input open and never writes. When it dies, however
 * it dies, the operating system closes that end and the read below sees the end of the stream.
 * Polling the parent's process id instead would be late, and wrong once the id is used again.
 */
public final class RegistryProcess {

  /**
   * The entry point of Quarkus in {@code quarkus-run.jar}; named here, so that this module needs no
   * Quarkus to compile.
   */
  private static final String REGISTRY_MAIN = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";

  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(5);

  private RegistryProcess() {}

  public static void main(String[] arguments) throws ReflectiveOperationException {
    // Ctrl-C on a terminal reaches all processes of the command; the parent still needs the
    // registry
    // while it drains, and ends it afterwards.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    daemon("parent-watch", RegistryProcess::awaitEndOfParent);
    try {
      Class.forName(REGISTRY_MAIN)
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      e.getCause().printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static void awaitEndOfParent() {
    try {
      while (System.in.read() >= 0) {
        // The parent writes nothing; if it does, it is alive.
      }
    } catch (IOException e) {
      // A broken pipe says the same as its end.
    }
    daemon("shutdown-limit", RegistryProcess::haltAfterLimit);
    System.exit(0);
  }

  private static void haltAfterLimit() {
    try {
      Thread.sleep(SHUTDOWN_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }

  private static void daemon(String name, Runnable work) {
    Thread.ofPlatform().daemon().name(name).start(work);
  }
}
