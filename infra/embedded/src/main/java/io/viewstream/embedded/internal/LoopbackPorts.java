package io.viewstream.embedded.internal;

import io.viewstream.embedded.EmbeddedServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Free and given TCP ports of the loopback address. Stateless; any thread may call it. */
public final class LoopbackPorts {

  /** The address that the embedded servers listen on, and no other. */
  public static final String HOST = "127.0.0.1";

  private static final int MAX_PORT = 65_535;

  private LoopbackPorts() {}

  /**
   * Finds ports that nobody listens on. They are all held open until the last is found, so that
   * they differ; another program may still take one before the caller does.
   */
  public static List<Integer> free(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = bind(0);
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      return List.copyOf(ports);
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on " + HOST, e);
    } finally {
      sockets.forEach(LoopbackPorts::close);
    }
  }

  /** Returns the port if it is free, or fails with a line that says what to do. */
  public static int requireFree(int port, String server) {
    if (port < 1 || port > MAX_PORT) {
      throw new EmbeddedServerException(
          "Port " + port + " of the " + server + " is not between 1 and " + MAX_PORT);
    }
    try {
      bind(port).close();
      return port;
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "Port %d on %s cannot be used for the %s (%s); stop the program that listens there or choose another port"
              .formatted(port, HOST, server, e.getMessage()),
          e);
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      // As the servers do: a port whose old connections still linger may be used again.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
