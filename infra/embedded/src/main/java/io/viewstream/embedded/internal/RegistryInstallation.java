package io.viewstream.embedded.internal;

import io.viewstream.embedded.EmbeddedServerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Apicurio Registry as the build unpacked it, and the command that runs it.
 *
 * @param directory the folder with {@code quarkus-run.jar}
 */
public record RegistryInstallation(Path directory) {

  /** System property with the folder; the launcher and the build set it. */
  public static final String DIRECTORY_PROPERTY = "viewstream.registry.directory";

  private static final String JAR = "quarkus-run.jar";

  /** Where the build unpacks it, from the root of the checkout. */
  private static final Path IN_CHECKOUT = Path.of("infra", "embedded", "target", "registry");

  /**
   * Finds the folder by the system property, else in the checkout that the working directory is in.
   */
  public static RegistryInstallation find() {
    String property = System.getProperty(DIRECTORY_PROPERTY);
    Path directory = property == null ? findInCheckout() : Path.of(property);
    if (directory == null || !Files.isRegularFile(directory.resolve(JAR))) {
      throw new EmbeddedServerException(
          "The schema registry is not in %s; build it with ./mvnw -Dquick -DskipTests package"
              .formatted(directory == null ? IN_CHECKOUT : directory));
    }
    return new RegistryInstallation(directory.toAbsolutePath().normalize());
  }

  private static @Nullable Path findInCheckout() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve(IN_CHECKOUT).resolve(JAR))) {
        return folder.resolve(IN_CHECKOUT);
      }
    }
    return null;
  }

  /**
   * The command of one registry.
   *
   * @param port the port of its API
   * @param managementPort the port of its health checks, which it would otherwise open on all
   *     addresses
   * @param dataDirectory the folder of its database, null to keep all in memory
   */
  public List<String> command(int port, int managementPort, @Nullable Path dataDirectory) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    // What the manifest of the jar asks for, which counts only with -jar.
    command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.add("-Dquarkus.http.host=" + LoopbackPorts.HOST);
    command.add("-Dquarkus.http.port=" + port);
    command.add("-Dquarkus.management.host=" + LoopbackPorts.HOST);
    command.add("-Dquarkus.management.port=" + managementPort);
    command.add("-Dquarkus.banner.enabled=false");
    command.add("-Dapicurio.rules.global.compatibility=BACKWARD");
    if (dataDirectory != null) {
      command.add("-Dapicurio.datasource.url=jdbc:h2:file:" + dataDirectory.resolve("registry"));
    }
    command.add("-cp");
    command.add(directory.resolve(JAR) + System.getProperty("path.separator") + ownClasses());
    command.add(RegistryProcess.class.getName());
    return List.copyOf(command);
  }

  /** The jar or folder that this module's classes come from, for {@link RegistryProcess}. */
  private static Path ownClasses() {
    try {
      return Path.of(
          RegistryProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException("Class path entry is no file", e);
    }
  }
}
