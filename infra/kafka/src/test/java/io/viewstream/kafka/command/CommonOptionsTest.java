package io.viewstream.kafka.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.kafka.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class CommonOptionsTest {
  @TempDir Path folder;

  @Command(name = "any")
  private static final class AnyCommand {
    @Mixin private final CommonOptions options = new CommonOptions();
  }

  private static CommonOptions parse(String... arguments) {
    AnyCommand command = new AnyCommand();
    new CommandLine(command).parseArgs(arguments);
    return command.options;
  }

  @Test
  void shouldPointAtThisMachineByDefault() {
    ConnectionSettings connection = parse().connection();

    assertThat(connection.bootstrapServers()).isEqualTo("localhost:9092");
    assertThat(connection.schemaRegistryUrl()).isEqualTo("http://localhost:8081/apis/ccompat/v7");
    assertThat(connection.topics().sourceImages()).isEqualTo("source-images");
    assertThat(parse().report()).isEmpty();
    assertThat(parse().verbose()).isFalse();
  }

  @Test
  void shouldTakeEachOption() {
    CommonOptions options =
        parse(
            "--bootstrap-server=a:1,b:2",
            "--schema-registry-url=https://r:3/x",
            "--topic-prefix=p.",
            "--report=out.json",
            "-v");

    assertThat(options.connection().bootstrapServers()).isEqualTo("a:1,b:2");
    assertThat(options.connection().schemaRegistryUrl()).isEqualTo("https://r:3/x");
    assertThat(options.connection().topics().deadLetters()).isEqualTo("p.dead-letters");
    assertThat(options.report()).contains(Path.of("out.json"));
    assertThat(options.verbose()).isTrue();
  }

  @Test
  void shouldKeepTheRegistrysSecretsFromKafkaAndAllSecretsFromLogs() throws IOException {
    Path file = folder.resolve("client.properties");
    Files.writeString(
        file,
        """
        security.protocol=SASL_SSL
        sasl.jaas.config=secret-one
        basic.auth.credentials.source=USER_INFO
        basic.auth.user.info=user:secret-two
        bootstrap.servers=elsewhere:1
        """);

    ConnectionSettings connection = parse("--command-config=" + file).connection();

    assertThat(connection.kafkaProperties())
        .containsEntry("sasl.jaas.config", "secret-one")
        .containsEntry("bootstrap.servers", "localhost:9092")
        .doesNotContainKey("basic.auth.user.info");
    assertThat(connection.toString()).doesNotContain("secret").contains("sasl.jaas.config");
  }

  @Test
  void shouldNameAConfigurationFileThatIsNotThere() {
    Path missing = folder.resolve("missing.properties");
    assertThatThrownBy(() -> parse("--command-config=" + missing).connection())
        .isInstanceOf(CommandException.class)
        .hasMessage("Cannot read --command-config " + missing + ": there is no such file");
  }

  @Test
  void shouldCallAnAddressThatCannotBeOneAMistakeInUsage() {
    assertUsage("--bootstrap-server=localhost", "'localhost' is not of the form host:port");
    assertUsage("--schema-registry-url=localhost:8081", "is not an http or https address");
    assertUsage("--schema-registry-url=http://u:hidden@h:1", "does not belong in its URL");
    assertUsage("--topic-prefix=a/b", "Topic prefix 'a/b'");
  }

  private static void assertUsage(String argument, String message) {
    assertThatThrownBy(() -> parse(argument).connection())
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(CommandException.USAGE))
        .hasMessageContaining(message)
        .hasMessageNotContaining("hidden");
  }
}
