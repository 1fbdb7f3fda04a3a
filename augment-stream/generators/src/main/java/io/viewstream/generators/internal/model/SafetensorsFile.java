package io.viewstream.generators.internal.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.viewstream.generators.InvalidPackageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A small file of the format safetensors: eight bytes of length, that many of JSON, which says
 * where each tensor's numbers are, and the numbers. All little-endian. Only float32 is read.
 */
final class SafetensorsFile {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final long MAX_SIZE = 1 << 26;

  private final Path file;
  private final JsonNode header;
  private final ByteBuffer content;

  /**
   * Numbers with a shape.
   *
   * @param dimensions sizes from the outermost
   * @param numbers in row-major order; not to be modified
   */
  @SuppressWarnings("ArrayRecordComponent") // constants, never compared
  record Tensor(List<Long> dimensions, float[] numbers) {}

  private SafetensorsFile(Path file, JsonNode header, ByteBuffer content) {
    this.file = file;
    this.header = header;
    this.content = content;
  }

  /**
   * Reads a file.
   *
   * @throws InvalidPackageException it is none of this format
   */
  static SafetensorsFile read(Path file) {
    try {
      if (Files.size(file) > MAX_SIZE) {
        throw new InvalidPackageException(
            "%s has %d bytes, must have at most %d".formatted(file, Files.size(file), MAX_SIZE));
      }
      ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      long length = content.remaining() < Long.BYTES ? -1 : content.getLong();
      if (length < 2 || length > content.remaining()) {
        throw new InvalidPackageException(file + " is not a safetensors file: it has no header");
      }
      byte[] header = new byte[(int) length];
      content.get(header);
      return new SafetensorsFile(file, MAPPER.readTree(header), content.slice());
    } catch (IOException e) {
      throw new InvalidPackageException(
          "%s is not a safetensors file, or cannot be read: %s"
              .formatted(file, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  /**
   * One tensor.
   *
   * @param name it must have
   * @param dimensions its sizes; {@link TensorSignature#FREE} where this caller accepts any
   * @param meaning of the dimensions, for the message
   * @throws InvalidPackageException it is missing, of another type or shape, or holds what is no
   *     number or infinite
   */
  Tensor tensor(String name, List<Long> dimensions, String meaning) {
    Tensor tensor = read(name, dimensions, meaning);
    require(name, tensor, Float::isFinite, "finite");
    return tensor;
  }

  /** One tensor of numbers above zero, by which is divided; otherwise as {@link #tensor}. */
  Tensor positiveTensor(String name, List<Long> dimensions, String meaning) {
    Tensor tensor = read(name, dimensions, meaning);
    require(name, tensor, number -> Float.isFinite(number) && number > 0, "above 0 and finite");
    return tensor;
  }

  private void require(String name, Tensor tensor, Predicate<Float> condition, String requirement) {
    float[] numbers = tensor.numbers();
    for (int i = 0; i < numbers.length; i++) {
      if (!condition.test(numbers[i])) {
        throw new InvalidPackageException(
            "%s: tensor %s holds %s as number %d of %d, all must be %s"
                .formatted(file, name, numbers[i], i + 1, numbers.length, requirement));
      }
    }
  }

  private Tensor read(String name, List<Long> dimensions, String meaning) {
    JsonNode entry = header.path(name);
    if (!entry.isObject()) {
      throw new InvalidPackageException("%s has no tensor %s".formatted(file, name));
    }
    if (!entry.path("dtype").asText().equals("F32")) {
      throw new InvalidPackageException(
          "%s: tensor %s is %s, must be F32".formatted(file, name, entry.path("dtype").asText()));
    }
    List<Long> shape = new ArrayList<>();
    entry.path("shape").forEach(size -> shape.add(size.asLong()));
    boolean fits = shape.size() == dimensions.size();
    long count = 1;
    for (int i = 0; fits && i < shape.size(); i++) {
      fits =
          shape.get(i) > 0
              && shape.get(i) <= MAX_SIZE
              && (dimensions.get(i) == TensorSignature.FREE
                  || dimensions.get(i).equals(shape.get(i)));
      count *= shape.get(i);
    }
    if (!fits) {
      throw new InvalidPackageException(
          "%s: tensor %s has the shape %s, must have %s: %s"
              .formatted(file, name, shape, withStars(dimensions), meaning));
    }
    long begin = entry.path("data_offsets").path(0).asLong(-1);
    long end = entry.path("data_offsets").path(1).asLong(-1);
    if (begin < 0 || end > content.capacity() || end - begin != count * Float.BYTES) {
      throw new InvalidPackageException(
          "%s: tensor %s lies at the bytes %d to %d of %d, must have %d bytes inside the file"
              .formatted(file, name, begin, end, content.capacity(), count * Float.BYTES));
    }
    float[] numbers = new float[(int) count];
    content
        .slice((int) begin, (int) (end - begin))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(numbers);
    return new Tensor(List.copyOf(shape), numbers);
  }

  private static String withStars(List<Long> dimensions) {
    return Arrays.toString(
        dimensions.stream()
            .map(size -> size == TensorSignature.FREE ? "*" : String.valueOf(size))
            .toArray());
  }
}
