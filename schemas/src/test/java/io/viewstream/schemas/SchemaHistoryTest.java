package io.viewstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every version of every schema that was ever written to a topic lies in {@code
 * src/test/resources/schemas/<version>}. A change of a schema adds a version there; it never edits
 * one.
 */
class SchemaHistoryTest {
  private static final Path HISTORY = Path.of("src/test/resources/schemas");

  private static List<Schema> versions(Topic topic) throws IOException {
    List<Schema> schemas = new ArrayList<>();
    try (Stream<Path> folders = Files.list(HISTORY)) {
      for (Path folder :
          folders
              .sorted(Comparator.comparingInt(f -> Integer.parseInt(f.getFileName().toString())))
              .toList()) {
        Path file = folder.resolve(topic.schema().getName() + ".avsc");
        if (Files.exists(file)) {
          schemas.add(new Schema.Parser().parse(Files.readString(file)));
        }
      }
    }
    return schemas;
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadAndBeReadByEveryPastVersion(Topic topic) throws IOException {
    SchemaValidator fullTransitive =
        new SchemaValidatorBuilder().mutualReadStrategy().validateAll();
    assertThatCode(() -> fullTransitive.validate(topic.schema(), versions(topic).reversed()))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource
  void shouldHaveItsNewestVersionInTheHistory(Topic topic) throws IOException {
    assertThat(versions(topic).getLast())
        .as("add the changed schema of %s to a new folder of %s", topic.baseName(), HISTORY)
        .isEqualTo(topic.schema());
  }
}
