package io.viewstream.local.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into {@code version.properties}. */
public final class ProjectVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"viewstream " + current() + ", Java " + Runtime.version().feature()};
  }

  /** The version of this build, such as {@code 0.1.0}. */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream stream =
        ProjectVersion.class.getResourceAsStream("/io/viewstream/local/version.properties")) {
      if (stream == null) {
        throw new IllegalStateException("version.properties is not in the jar");
      }
      properties.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
