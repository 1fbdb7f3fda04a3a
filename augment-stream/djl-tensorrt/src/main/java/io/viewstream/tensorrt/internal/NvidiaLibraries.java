package io.viewstream.tensorrt.internal;

import io.viewstream.tensorrt.TensorRtSettings;
import io.viewstream.tensorrt.TensorRtUnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NVIDIA's libraries on this machine: libnvinfer runs plans; the ONNX parser and the plug-ins are
 * needed only to build them, which the builder's process does.
 *
 * @param directory that holds them
 * @param bindings that will be used with them
 */
record NvidiaLibraries(Path directory, BindingsVersion bindings) {

  private static final Logger LOGGER = LoggerFactory.getLogger(NvidiaLibraries.class);

  static final String INFERENCE = "nvinfer";
  static final String PLUGINS = "nvinfer_plugin";
  static final String PARSER = "nvonnxparser";

  /** Where the redist jar has them. */
  static final String RESOURCES = "/org/bytedeco/tensorrt/linux-x86_64";

  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
  private static final List<Path> USUAL =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu"),
          Path.of("/usr/lib64"),
          Path.of("/usr/local/tensorrt/lib"));

  /**
   * Finds them: in the directory of the settings and nowhere else if there is one, else in the
   * redist jar, else in LD_LIBRARY_PATH and the usual directories. Loads nothing.
   *
   * @throws TensorRtUnavailableException says where they were looked for, or that they are there
   *     twice
   */
  static NvidiaLibraries locate(
      TensorRtSettings settings, BindingsVersion bindings, @Nullable String libraryPath) {
    return locate(
        settings,
        bindings,
        libraryPath,
        NvidiaLibraries.class.getResource(RESOURCES + "/" + bindings.fileName(INFERENCE)));
  }

  /**
   * The same.
   *
   * @param redist the inference library in the redist jar, or null without that jar
   */
  static NvidiaLibraries locate(
      TensorRtSettings settings,
      BindingsVersion bindings,
      @Nullable String libraryPath,
      @Nullable URL redist) {
    String file = bindings.fileName(INFERENCE);
    if (settings.libraryDirectory().isPresent()) {
      Path directory = settings.libraryDirectory().get();
      if (Files.isRegularFile(directory.resolve(file))) {
        requireOneSource(directory, redist);
        return new NvidiaLibraries(directory.toAbsolutePath(), bindings);
      }
      throw new TensorRtUnavailableException(
          "no %s: %slibrary-dir is %s, which %s"
              .formatted(file, TensorRtSettings.PREFIX, directory, describe(directory)));
    }
    if (redist != null) {
      return new NvidiaLibraries(unpacked(redist), bindings);
    }
    List<Path> directories = new ArrayList<>();
    if (libraryPath != null) {
      Stream.of(libraryPath.split(File.pathSeparator))
          .filter(entry -> !entry.isBlank())
          .map(Path::of)
          .forEach(directories::add);
    }
    directories.addAll(USUAL);
    for (Path directory : directories) {
      if (Files.isRegularFile(directory.resolve(file))) {
        return new NvidiaLibraries(directory.toAbsolutePath(), bindings);
      }
    }
    throw new TensorRtUnavailableException(
        "no %s: not set is %slibrary-dir, not on the class path is the redist jar, and not one of %s holds it"
            .formatted(file, TensorRtSettings.PREFIX, join(directories)));
  }

  /**
   * JavaCPP maps what depends on libnvinfer from the redist jar wherever libnvinfer itself comes
   * from. A builder's process is given the directory into which its parent unpacked that jar.
   */
  private static void requireOneSource(Path directory, @Nullable URL redist) {
    if (redist != null && !isInCache(directory)) {
      throw new TensorRtUnavailableException(
          "its libraries are there twice, and parts of both would be mapped: %slibrary-dir is %s, and the redist jar is on the class path; leave the setting out, or build without -Ptensorrt-redist"
              .formatted(TensorRtSettings.PREFIX, directory));
    }
  }

  private static boolean isInCache(Path directory) {
    try {
      return directory.toRealPath().startsWith(Loader.getCacheDir().toPath().toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static String join(List<Path> directories) {
    return String.join(", ", directories.stream().map(Path::toString).toList());
  }

  /** What a directory without the right library is. */
  private static String describe(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Files.exists(directory) ? "is no directory" : "does not exist";
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<String> others =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("libnvinfer.so"))
              .sorted()
              .toList();
      return others.isEmpty()
          ? "holds no libnvinfer"
          : "holds another version: " + String.join(", ", others);
    } catch (IOException e) {
      return Files.isReadable(directory) ? "cannot be read: " + e : "may not be read";
    }
  }

  /** The directory into which JavaCPP unpacks the redist jar. */
  private static Path unpacked(URL inference) {
    try {
      String directory = inference.toString().substring(0, inference.toString().lastIndexOf('/'));
      Path unpacked = Loader.cacheResource(URI.create(directory).toURL()).toPath();
      LOGGER.debug("The redist jar is unpacked in {}", unpacked);
      return unpacked;
    } catch (IOException e) {
      throw new TensorRtUnavailableException(
          "the redist jar cannot be unpacked: " + e.getMessage());
    }
  }

  /** The file of one library, whether it is there or not. */
  Path file(String library) {
    return directory.resolve(bindings.fileName(library));
  }

  /**
   * Checks that plans can be built too.
   *
   * @throws TensorRtUnavailableException names what is missing
   */
  void requireBuilder() {
    List<String> missing =
        Stream.of(PARSER, PLUGINS)
            .filter(library -> !Files.isRegularFile(file(library)))
            .map(bindings::fileName)
            .toList();
    if (!missing.isEmpty()) {
      throw new TensorRtUnavailableException(
          "%s holds no %s, which building a plan needs; add them, or put the prebuilt plan into the plan cache"
              .formatted(directory, String.join(" and no ", missing)));
    }
  }

  /**
   * The version of libnvinfer. Maps the library, so only call it when there is a driver.
   *
   * @throws TensorRtUnavailableException it cannot be loaded, or the bindings do not fit it
   */
  String checkedVersion() {
    Path file = file(INFERENCE);
    int number;
    try {
      requireElf(file);
      SymbolLookup library = SymbolLookup.libraryLookup(file, Arena.global());
      number =
          (int)
              Linker.nativeLinker()
                  .downcallHandle(
                      library.findOrThrow("getInferLibVersion"),
                      FunctionDescriptor.of(ValueLayout.JAVA_INT))
                  .invokeExact();
    } catch (IllegalArgumentException | NoSuchElementException | IOException e) {
      throw new TensorRtUnavailableException(
          "%s cannot be loaded (%s)".formatted(file, e.getMessage()));
    } catch (Throwable e) {
      throw new IllegalStateException("The version of %s cannot be read".formatted(file), e);
    }
    int major = number / 10_000;
    int minor = number / 100 % 100;
    if (major != bindings.major() || minor < bindings.minor()) {
      throw new TensorRtUnavailableException(
          "%s is TensorRT %d.%d.%d; %d.%d or a later %d is needed"
              .formatted(
                  file,
                  major,
                  minor,
                  number % 100,
                  bindings.major(),
                  bindings.minor(),
                  bindings.major()));
    }
    return "%d.%d.%d".formatted(major, minor, number % 100);
  }

  /** The JVM changes its stacks' protection for a file that it cannot read as a library. */
  private static void requireElf(Path file) throws IOException {
    byte[] start;
    try (InputStream content = Files.newInputStream(file)) {
      start = content.readNBytes(ELF.length);
    }
    if (!Arrays.equals(start, ELF)) {
      throw new IOException("it is no library of Linux");
    }
  }

  /** Maps one library, if it is there, so that those that depend on it find it by its name. */
  void load(String library) {
    Path file = file(library);
    if (Files.isRegularFile(file)) {
      System.load(file.toString());
    }
  }
}
