package io.viewstream.tensorrt.internal;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The shapes that a plan is made for. A free first dimension is the batch; an input with other free
 * dimensions has its three shapes named.
 *
 * @param minimum smallest batch
 * @param optimum the batch that the plan is tuned for
 * @param maximum largest batch
 * @param shapes by input: smallest, tuned and largest shape, for inputs that the batch alone does
 *     not describe
 */
public record BatchProfile(int minimum, int optimum, int maximum, Map<String, Shapes> shapes) {

  /** Names of the options of {@code Criteria.optOption} and {@code Model.load}. */
  public static final String MIN_BATCH = "minBatch";

  /** See {@link #MIN_BATCH}. */
  public static final String OPT_BATCH = "optBatch";

  /** See {@link #MIN_BATCH}. */
  public static final String MAX_BATCH = "maxBatch";

  /** Followed by an input's name; the value is like {@code 1x4x64/2x4x64/8x4x64}. */
  public static final String SHAPES = "shapes.";

  /** Three shapes of one input. */
  public record Shapes(Shape minimum, Shape optimum, Shape maximum) {

    static Shapes parse(String text) {
      String[] parts = text.split("/", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException("three shapes, as in 1x4x64/2x4x64/8x4x64");
      }
      Shapes shapes = new Shapes(shape(parts[0]), shape(parts[1]), shape(parts[2]));
      for (int i = 0; i < shapes.minimum.dimension(); i++) {
        if (shapes.optimum.dimension() != shapes.minimum.dimension()
            || shapes.maximum.dimension() != shapes.minimum.dimension()
            || shapes.minimum.get(i) < 1
            || shapes.optimum.get(i) < shapes.minimum.get(i)
            || shapes.maximum.get(i) < shapes.optimum.get(i)) {
          throw new IllegalArgumentException("three shapes of one rank that do not shrink");
        }
      }
      return shapes;
    }

    private static Shape shape(String text) {
      return new Shape(Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray());
    }

    @Override
    public String toString() {
      return text(minimum) + "/" + text(optimum) + "/" + text(maximum);
    }

    private static String text(Shape shape) {
      return Arrays.stream(shape.getShape())
          .mapToObj(Long::toString)
          .collect(Collectors.joining("x"));
    }
  }

  public BatchProfile {
    if (minimum < 1 || optimum < minimum || maximum < optimum) {
      throw new IllegalArgumentException(
          "Batches %d, %d, %d: the smallest is at least 1, the tuned one not below it, the largest not below that"
              .formatted(minimum, optimum, maximum));
    }
    shapes = Map.copyOf(shapes);
  }

  /**
   * Reads the options of a model; others are not looked at.
   *
   * @param maxBatch if the options name none
   * @throws IllegalArgumentException names the option and its value
   */
  public static BatchProfile of(Map<String, ?> options, int maxBatch) {
    int maximum = number(options, MAX_BATCH).orElse(maxBatch);
    int minimum = number(options, MIN_BATCH).orElse(1);
    int optimum = number(options, OPT_BATCH).orElse(maximum);
    Map<String, Shapes> shapes = new TreeMap<>();
    for (Entry<String, ?> option : options.entrySet()) {
      if (option.getKey().startsWith(SHAPES)) {
        try {
          shapes.put(
              option.getKey().substring(SHAPES.length()),
              Shapes.parse(String.valueOf(option.getValue())));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "Option %s is %s and must be three shapes of one rank that do not shrink, as in 1x4x64/2x4x64/8x4x64"
                  .formatted(option.getKey(), option.getValue()),
              e);
        }
      }
    }
    return new BatchProfile(minimum, optimum, maximum, shapes);
  }

  private static Optional<Integer> number(Map<String, ?> options, String name) {
    Object value = options.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Integer.parseInt(value.toString()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Option %s is %s and must be a whole number".formatted(name, value), e);
    }
  }

  /** All of it in one line; equal profiles give equal text, and others another. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("batch %d/%d/%d".formatted(minimum, optimum, maximum));
    new TreeMap<>(shapes)
        .forEach((name, shape) -> text.append(", ").append(name).append(' ').append(shape));
    return text.toString();
  }
}
