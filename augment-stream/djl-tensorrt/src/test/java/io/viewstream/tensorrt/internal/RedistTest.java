package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.tensorrt.TensorRtSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * NVIDIA's own libraries from the redist jar, with or without a driver: {@code -Ptensorrt-redist}.
 */
class RedistTest {

  private static final BindingsVersion BINDINGS = BindingsVersion.ofClassPath();

  @BeforeEach
  void requireRedist() {
    Assumptions.assumeTrue(
        RedistTest.class.getResource(
                NvidiaLibraries.RESOURCES + "/" + BINDINGS.fileName(NvidiaLibraries.INFERENCE))
            != null,
        "The redist jar is not on the class path; it is with -Ptensorrt-redist");
  }

  @Test
  void shouldHoldAllThatBuildingNeeds() {
    NvidiaLibraries libraries =
        NvidiaLibraries.locate(TensorRtSettings.ofProcess(), BINDINGS, null);

    libraries.requireBuilder();
    assertThat(libraries.file(NvidiaLibraries.INFERENCE)).isRegularFile();
  }

  @Test
  void shouldLoadInOrderAndMapNothingOfTheCudaToolkit() throws Exception {
    List<String> lines = run(LoadAll.class);

    assertThat(lines).as("%s", lines).contains("loaded " + BINDINGS);
    assertThat(lines.stream().filter(line -> line.startsWith("mapped ")))
        .contains(
            "mapped " + BINDINGS.fileName(NvidiaLibraries.INFERENCE),
            "mapped " + BINDINGS.fileName(NvidiaLibraries.PLUGINS),
            "mapped " + BINDINGS.fileName(NvidiaLibraries.PARSER))
        .doesNotHaveDuplicates()
        .noneMatch(line -> line.matches("mapped lib(jni)?(cudart|cublas|cudnn|nvrtc).*"));
  }

  /** In a process of its own, for what libraries of this size leave behind. */
  private static List<String> run(Class<?> main) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(new ArrayList<>(BuilderProcess.javaCommand(main)))
            .redirectErrorStream(true)
            .start();
    List<String> lines = process.inputReader().lines().toList();
    process.waitFor();
    return lines;
  }

  /** Loads what the builder loads, and says which libraries the process then has. */
  static final class LoadAll {
    public static void main(String[] arguments) throws IOException {
      NvidiaLibraries libraries =
          NvidiaLibraries.locate(TensorRtSettings.ofProcess(), BINDINGS, null);
      String version = libraries.checkedVersion();
      NativeTensorRt.load(libraries);
      libraries.load(NvidiaLibraries.PARSER);
      Loader.load(nvonnxparser.class);
      System.out.println("version " + version);
      System.out.println(
          "loaded " + nvinfer.getInferLibMajorVersion() + "." + nvinfer.getInferLibMinorVersion());
      try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        maps.filter(line -> line.contains(".so"))
            .map(line -> Path.of(line.substring(line.indexOf('/'))).getFileName().toString())
            .filter(name -> name.matches("lib(jni)?(nv|cu).*"))
            .distinct()
            .forEach(name -> System.out.println("mapped " + name));
      }
      Runtime.getRuntime().halt(0);
    }
  }
}
