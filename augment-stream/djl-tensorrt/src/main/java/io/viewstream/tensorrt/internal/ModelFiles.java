package io.viewstream.tensorrt.internal;

import io.viewstream.onnx.ExternalWeights;
import io.viewstream.onnx.ProtobufReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * The files that an ONNX model consists of: large models keep their weights in files beside it
 * (onnx.proto: TensorProto.external_data with the key location). A plan depends on all of them.
 */
final class ModelFiles {

  private ModelFiles() {}

  /**
   * SHA-256 over the ONNX file, and over names and contents of the files that hold its weights.
   *
   * @throws IOException with one line: a file cannot be read, is missing, or lies elsewhere than
   *     below the ONNX file's folder
   */
  static String sha256(Path onnx) throws IOException {
    Set<String> locations = locations(onnx);
    String sha256 = Sha256.of(onnx, 0);
    if (locations.isEmpty()) {
      return sha256;
    }
    StringBuilder all = new StringBuilder(sha256);
    for (String location : locations) {
      Path weights = weights(onnx, location);
      all.append('\n').append(location).append('\n').append(Sha256.of(weights, 0));
    }
    return Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Set<String> locations(Path onnx) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(onnx, StandardOpenOption.READ)) {
      MemorySegment model = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      if (model.byteSize() > Integer.MAX_VALUE) {
        throw new IOException(
            onnx + " is above 2 GiB, must keep its weights in files of their own");
      }
      return ExternalWeights.locations(new ProtobufReader(model.asByteBuffer()));
    } catch (IllegalArgumentException e) {
      throw new IOException(onnx + " is not an ONNX file, or ends too early", e);
    }
  }

  private static Path weights(Path onnx, String location) throws IOException {
    String name = location.replaceAll("\\p{Cntrl}", "?");
    try {
      Path relative = Path.of(location);
      boolean below = !location.isBlank() && !relative.isAbsolute();
      for (Path step : relative) {
        below &= !step.toString().equals("..");
      }
      if (below) {
        Path weights = onnx.resolveSibling(relative);
        if (!Files.isRegularFile(weights)) {
          throw new NoSuchFileException(onnx.resolveSibling(name).toString());
        }
        return weights;
      }
    } catch (InvalidPathException e) {
      // No file can have that name.
    }
    throw new IOException(
        "%s keeps weights in \"%s\", must keep them below its own folder".formatted(onnx, name));
  }
}
