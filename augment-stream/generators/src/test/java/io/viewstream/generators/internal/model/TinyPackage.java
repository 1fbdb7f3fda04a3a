package io.viewstream.generators.internal.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The packages that src/test/models/tiny_icgan.py and tiny_unclip.py write, and copies of them with
 * a fault.
 */
final class TinyPackage {

  static final String ENCODER_FILE = "image_encoder/model.onnx";
  static final String GENERATOR_FILE = "generator/model.onnx";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Path folder;

  private TinyPackage(Path folder) {
    this.folder = folder;
  }

  /** The package as it stands among the resources. */
  static Path original() {
    return resource("tiny-icgan");
  }

  static Path resource(String name) {
    try {
      return Path.of(TinyPackage.class.getResource("/io/viewstream/generators/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode golden() throws IOException {
    return MAPPER.readTree(resource("tiny-icgan-golden.json").toFile());
  }

  /** The rows of a tensor along its first dimension. */
  static List<float[]> rows(JsonNode tensor) {
    JsonNode data = tensor.get("data");
    int count = tensor.get("shape").get(0).intValue();
    int length = data.size() / count;
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      float[] numbers = new float[length];
      for (int i = 0; i < length; i++) {
        numbers[i] = data.get(row * length + i).floatValue();
      }
      rows.add(numbers);
    }
    return rows;
  }

  /** An image whose levels are given as planes. */
  static RgbImage image(float[] planes, int side) {
    byte[] pixels = new byte[planes.length];
    int plane = side * side;
    for (int i = 0; i < plane; i++) {
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        pixels[i * RgbImage.CHANNELS + channel] = (byte) (int) planes[channel * plane + i];
      }
    }
    return new RgbImage(side, side, pixels);
  }

  /** A copy that may be spoilt. */
  static TinyPackage copyTo(Path folder) throws IOException {
    return copy("tiny-icgan", folder);
  }

  /** A copy, that may be spoilt, of one of the packages among the resources. */
  static TinyPackage copy(String name, Path folder) throws IOException {
    Path original = resource(name);
    try (Stream<Path> walk = Files.walk(original)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(original.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return new TinyPackage(folder);
  }

  Path folder() {
    return folder;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Changes generator.json. */
  TinyPackage with(Consumer<ObjectNode> change) {
    try {
      ObjectNode manifest = (ObjectNode) MAPPER.readTree(file("generator.json").toFile());
      change.accept(manifest);
      MAPPER.writeValue(file("generator.json").toFile(), manifest);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts another file in the place of one, known to generator.json. */
  TinyPackage replacing(String name, byte[] content) throws IOException {
    Files.write(file(name), content);
    return with(
        manifest -> {
          ObjectNode identity = (ObjectNode) manifest.get("files").get(name);
          identity.put("sha256", sha256(content));
          identity.put("sizeBytes", content.length);
        });
  }

  /** Puts a file into the package and its sums into generator.json. */
  TinyPackage adding(String name, byte[] content) throws IOException {
    Files.createDirectories(file(name).getParent());
    Files.write(file(name), content);
    return with(
        manifest ->
            ((ObjectNode) manifest.get("files"))
                .putObject(name)
                .put("sha256", sha256(content))
                .put("sizeBytes", content.length));
  }

  /** Leaves a file where it is and takes it out of generator.json. */
  TinyPackage forgetting(String name) {
    return with(manifest -> ((ObjectNode) manifest.get("files")).remove(name));
  }

  /** Renames a tensor inside a network to a name of the same length. */
  TinyPackage renaming(String file, String name, String other) throws IOException {
    String content = new String(Files.readAllBytes(file(file)), StandardCharsets.ISO_8859_1);
    return replacing(file, content.replace(name, other).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
