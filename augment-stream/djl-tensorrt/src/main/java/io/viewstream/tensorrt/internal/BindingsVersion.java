package io.viewstream.tensorrt.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;

/**
 * The version of TensorRT that the bindings on the class path were made for. A library of the same
 * major version and at least the same minor version keeps their interface.
 */
record BindingsVersion(int major, int minor) {

  private static final Pattern LINK = Pattern.compile("nvinfer@\\.(\\d+)");
  private static final Pattern RESOURCE =
      Pattern.compile("nvinfer_builder_resource\\w*@\\.\\d+\\.(\\d+)\\..*");

  /** Read from an annotation, which loads no native code and initialises no class. */
  static BindingsVersion ofClassPath() {
    int major = 0;
    int minor = 0;
    Properties properties =
        org.bytedeco.tensorrt.presets.nvinfer.class.getAnnotation(Properties.class);
    for (Platform platform : properties.value()) {
      for (String link : platform.link()) {
        Matcher matcher = LINK.matcher(link);
        major = matcher.matches() ? Integer.parseInt(matcher.group(1)) : major;
      }
      for (String resource : platform.preload()) {
        Matcher matcher = RESOURCE.matcher(resource);
        minor = matcher.matches() ? Integer.parseInt(matcher.group(1)) : minor;
      }
    }
    return new BindingsVersion(major, minor);
  }

  /**
   * The first driver that TensorRT's libraries of this version run with, as the driver numbers
   * CUDA.
   */
  int requiredCuda() {
    return major >= 11 ? 13_000 : 12_000;
  }

  /** The same for a person. */
  String requiredDriver() {
    return major >= 11 ? "580 (CUDA 13)" : "525 (CUDA 12)";
  }

  /** Name of the file of one of TensorRT's libraries. */
  String fileName(String library) {
    return "lib%s.so.%d".formatted(library, major);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
