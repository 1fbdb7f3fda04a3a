package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.tensorrt.TensorRtSettings;
import io.viewstream.tensorrt.TensorRtUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines that a user meets on a machine where something is missing. */
class NativeTensorRtTest {

  private static final BindingsVersion BINDINGS = BindingsVersion.ofClassPath();
  private static final String INFERENCE = BINDINGS.fileName(NvidiaLibraries.INFERENCE);
  private static final String REMEDY =
      "; install NVIDIA's driver %s or later and point viewstream.tensorrt.library-dir at TensorRT %s's libraries, or choose engine OnnxRuntime"
          .formatted(BINDINGS.requiredDriver(), BINDINGS);

  @TempDir Path folder;

  private Path libraries = Path.of("");

  @BeforeEach
  void makeFolder() throws IOException {
    Assumptions.assumeTrue(
        NativeTensorRtTest.class.getResource(NvidiaLibraries.RESOURCES + "/" + INFERENCE) == null,
        "The redist jar is on the class path, and library-dir is refused then");
    libraries = Files.createDirectory(folder.resolve("tensorrt"));
  }

  private static TensorRtSettings settings(Path directory) {
    return new TensorRtSettings(
        Optional.of(directory), Path.of("plans"), 1, Duration.ofSeconds(1), 1, 1, false);
  }

  private String driver(String... definitions) throws IOException, InterruptedException {
    return NativeFakes.compile("fake_cuda.c", folder.resolve("libcuda.so.1"), definitions)
        .toString();
  }

  private void inference(int version) throws IOException, InterruptedException {
    NativeFakes.compile("fake_nvinfer.c", libraries.resolve(INFERENCE), "VERSION=" + version);
  }

  /** A second call finds nothing half done and says the same. */
  private static void assertLine(ThrowingCallable call, String line) {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(call)
          .isInstanceOf(TensorRtUnavailableException.class)
          .hasMessage("TensorRT cannot be used: " + line + REMEDY);
    }
  }

  @Test
  void shouldKnowTheBindings() {
    assertThat(BINDINGS.major()).isBetween(10, 99);
    assertThat(BINDINGS.minor()).isPositive();
  }

  @Test
  void shouldSayAllThatIsMissingAtOnce() {
    Path absent = folder.resolve("absent");

    assertLine(
        () -> NativeTensorRt.open("libnosuchdriver.so.1", settings(absent)),
        "no NVIDIA driver (libnosuchdriver.so.1 is not on the library path); no %s: viewstream.tensorrt.library-dir is %s, which does not exist"
            .formatted(INFERENCE, absent));
  }

  @Test
  void shouldSayThatTheDriverIsMissingWhereTheLibraryIsThere() throws Exception {
    inference(1);

    assertLine(
        () -> NativeTensorRt.open("libnosuchdriver.so.1", settings(libraries)),
        "no NVIDIA driver (libnosuchdriver.so.1 is not on the library path)");
  }

  @Test
  void shouldSayThatTheDriverIsTooOld() throws Exception {
    String driver = driver("VERSION=11080");
    inference(BINDINGS.major() * 10_000 + BINDINGS.minor() * 100);

    assertLine(
        () -> NativeTensorRt.open(driver, settings(libraries)),
        "the NVIDIA driver is too old (it supports CUDA 11.8)");
  }

  @Test
  void shouldSayWhatTheDirectoryIs() throws Exception {
    String driver = driver();
    Path file = Files.createFile(folder.resolve("file"));
    String prefix = "no %s: viewstream.tensorrt.library-dir is ".formatted(INFERENCE);

    assertLine(
        () -> NativeTensorRt.open(driver, settings(file)),
        prefix + file + ", which is no directory");
    assertLine(
        () -> NativeTensorRt.open(driver, settings(libraries)),
        prefix + libraries + ", which holds no libnvinfer");
    Files.createFile(libraries.resolve("libnvinfer.so.8"));
    Files.createFile(libraries.resolve("libnvinfer.so.10.1"));
    assertLine(
        () -> NativeTensorRt.open(driver, settings(libraries)),
        prefix + libraries + ", which holds another version: libnvinfer.so.10.1, libnvinfer.so.8");
  }

  @Test
  void shouldSayThatTheFileIsNoLibrary() throws Exception {
    String driver = driver();
    Path file = Files.writeString(libraries.resolve(INFERENCE), "not a library");

    assertThatThrownBy(() -> NativeTensorRt.open(driver, settings(libraries)))
        .isInstanceOf(TensorRtUnavailableException.class)
        .hasMessageStartingWith("TensorRT cannot be used: " + file + " cannot be loaded (");
  }

  @Test
  void shouldRefuseALibraryThatTheBindingsDoNotFit() throws Exception {
    String driver = driver();
    int[] versions = {
      (BINDINGS.major() - 1) * 10_000 + 900,
      (BINDINGS.major() + 1) * 10_000,
      BINDINGS.major() * 10_000 + (BINDINGS.minor() - 1) * 100 + 7
    };
    for (int version : versions) {
      // A directory of its own: a library that is mapped is not read again under the same name.
      libraries = Files.createDirectory(folder.resolve("version-" + version));
      inference(version);

      assertLine(
          () -> NativeTensorRt.open(driver, settings(libraries)),
          "%s is TensorRT %d.%d.%d; %s or a later %d is needed"
              .formatted(
                  libraries.resolve(INFERENCE),
                  version / 10_000,
                  version / 100 % 100,
                  version % 100,
                  BINDINGS,
                  BINDINGS.major()));
    }
  }

  @Test
  void shouldSayTheSameTwiceWhenTheBindingsBreak() throws Exception {
    Path fake = NativeFakes.compile("fake_cuda.c", folder.resolve("libcuda.so.1"));
    // It claims a version and has nothing else. Breaks classes for good, so in a process of its
    // own.
    inference(BINDINGS.major() * 10_000 + 9_900);
    List<String> command = new ArrayList<>(BuilderProcess.javaCommand(OpenTwice.class));
    // JavaCPP links the libraries that it once loaded beside the bindings, in its cache.
    command.add(1, "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"));
    command.addAll(List.of(fake.toString(), libraries.toString()));
    Process process = new ProcessBuilder(command).start();
    List<String> lines = process.inputReader().lines().toList();

    assertThat(process.waitFor()).isZero();
    assertThat(lines)
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "TensorRT cannot be used: %s cannot be loaded (".formatted(libraries)));
    assertThat(lines.getLast()).isEqualTo(lines.getFirst());
  }

  /** Prints what it is told. */
  static final class OpenTwice {
    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          NativeTensorRt.open(arguments[0], settings(Path.of(arguments[1])));
        } catch (TensorRtUnavailableException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @Test
  void shouldLookInTheLibraryPathAndSayWhere() throws Exception {
    TensorRtSettings none =
        new TensorRtSettings(
            Optional.empty(), Path.of("plans"), 1, Duration.ofSeconds(1), 1, 1, false);
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThatThrownBy(() -> NvidiaLibraries.locate(none, BINDINGS, empty.toString()))
        .isInstanceOf(TensorRtUnavailableException.class)
        .hasMessageStartingWith(
            "no %s: not set is viewstream.tensorrt.library-dir, not on the class path is the redist jar, and not one of %s, "
                .formatted(INFERENCE, empty));
    Files.createFile(libraries.resolve(INFERENCE));
    assertThat(NvidiaLibraries.locate(none, BINDINGS, empty + ":" + libraries).directory())
        .isEqualTo(libraries);
  }

  @Test
  void shouldRefuseLibrariesThatAreThereTwice() throws Exception {
    Files.createFile(libraries.resolve(INFERENCE));
    URL redist = URI.create("jar:file:/redist.jar!/" + INFERENCE).toURL();

    assertThatThrownBy(() -> NvidiaLibraries.locate(settings(libraries), BINDINGS, null, redist))
        .isInstanceOf(TensorRtUnavailableException.class)
        .hasMessage(
            "its libraries are there twice, and parts of both would be mapped: viewstream.tensorrt.library-dir is %s, and the redist jar is on the class path; leave the setting out, or build without -Ptensorrt-redist"
                .formatted(libraries));
  }

  @Test
  void shouldNameWhatOnlyBuildingNeeds() throws Exception {
    Files.createFile(libraries.resolve(INFERENCE));
    NvidiaLibraries found = NvidiaLibraries.locate(settings(libraries), BINDINGS, null, null);

    assertThatThrownBy(found::requireBuilder)
        .hasMessage(
            "%s holds no %s and no %s, which building a plan needs; add them, or put the prebuilt plan into the plan cache"
                .formatted(
                    libraries,
                    BINDINGS.fileName(NvidiaLibraries.PARSER),
                    BINDINGS.fileName(NvidiaLibraries.PLUGINS)));
    Files.createFile(libraries.resolve(BINDINGS.fileName(NvidiaLibraries.PARSER)));
    Files.createFile(libraries.resolve(BINDINGS.fileName(NvidiaLibraries.PLUGINS)));
    found.requireBuilder();
  }
}
