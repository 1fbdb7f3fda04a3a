package io.viewstream.local;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.TopicAdministrator.TopicState;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.schemas.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code viewstream topics}: creates and checks the topics of a data plane. */
@Command(
    name = "topics",
    synopsisSubcommandLabel = "COMMAND",
    description = "Creates the topics and registers their schemas, or shows and checks the topics.",
    subcommands = {TopicsCommand.Create.class, TopicsCommand.Describe.class})
public final class TopicsCommand implements Runnable {

  private static final int MAX_PARTITIONS = 10_000;
  private static final String TABLE_ROW = "%-28s %10s %8s  %s%n";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: create or describe");
  }

  /** {@code viewstream topics create}. */
  @Command(
      name = "create",
      description = {
        "Creates the topics that are not there yet, and registers the schemas.",
        "Topics that are there stay as they are."
      })
  static final class Create implements Callable<Integer> {

    @Mixin private CommonOptions common = new CommonOptions();

    @Option(
        names = "--partitions",
        paramLabel = "N",
        defaultValue = "16",
        description =
            "Partitions of each topic; as many instances can share the work (default:"
                + " ${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        defaultValue = "1",
        description =
            "Copies of each partition; from 3 on, a write needs two of them (default:"
                + " ${DEFAULT-VALUE}).")
    private int replicationFactor = 1;

    @Override
    public Integer call() {
      requireBetween("--partitions", partitions, MAX_PARTITIONS);
      requireBetween("--replication-factor", replicationFactor, Short.MAX_VALUE);
      ConnectionSettings connection = common.connection();
      try (TopicAdministrator topics = new TopicAdministrator(connection)) {
        List<String> created = topics.create(partitions, replicationFactor);
        Map<Topic, TopicState> states = topics.verifyAll(true);
        print(states);
        System.out.println(
            created.isEmpty()
                ? "All topics were there; they keep their partitions and replicas."
                : "Created " + String.join(", ", created));
        report(states).put("created", created).write(common.report());
      }
      return 0;
    }

    private static void requireBetween(String option, int value, int limit) {
      if (value < 1 || value > limit) {
        throw CommandException.usage(option + " is " + value + ", must be 1 to " + limit);
      }
    }
  }

  /** {@code viewstream topics describe}. */
  @Command(
      name = "describe",
      description = {
        "Shows the topics, and checks that they keep their records for ever. Asks no schema registry.",
        "Ends with 1 if one is missing or loses records."
      })
  static final class Describe implements Callable<Integer> {

    @Mixin private CommonOptions common = new CommonOptions();

    @Option(
        names = "--allow-retention",
        description = "Accept topics that lose records by age or size.")
    private boolean allowRetention;

    @Override
    public Integer call() {
      ConnectionSettings connection = common.connection();
      try (TopicAdministrator topics = new TopicAdministrator(connection)) {
        Map<Topic, TopicState> states = topics.describe();
        if (!states.isEmpty()) {
          print(states);
        }
        report(states).write(common.report());
        topics.verifyAll(allowRetention);
      }
      return 0;
    }
  }

  private static void print(Map<Topic, TopicState> states) {
    StringBuilder table = new StringBuilder();
    table.append(String.format(Locale.ROOT, TABLE_ROW, "topic", "partitions", "replicas", "kept"));
    for (TopicState state : states.values()) {
      table.append(
          String.format(
              Locale.ROOT,
              TABLE_ROW,
              state.name(),
              state.partitions(),
              state.replicationFactor(),
              kept(state)));
    }
    System.out.print(table);
  }

  private static String kept(TopicState state) {
    List<String> limits = new ArrayList<>();
    for (String key : List.of("retention.ms", "retention.bytes")) {
      String value = state.configuration().getOrDefault(key, "?");
      if (!value.equals("-1")) {
        limits.add(key + "=" + value);
      }
    }
    return limits.isEmpty() ? "for ever" : String.join(", ", limits);
  }

  private static JsonReport report(Map<Topic, TopicState> states) {
    List<Map<String, Object>> topics = new ArrayList<>();
    for (TopicState state : states.values()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", state.name());
      entry.put("id", state.id().toString());
      entry.put("partitions", state.partitions());
      entry.put("replicationFactor", state.replicationFactor());
      entry.put("configuration", state.configuration());
      topics.add(entry);
    }
    return new JsonReport().put("topics", topics);
  }
}
