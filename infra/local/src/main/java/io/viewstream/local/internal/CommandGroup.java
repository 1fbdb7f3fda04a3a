package io.viewstream.local.internal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Commands that belong together in the help of the root command.
 *
 * @param heading such as {@code Services}
 * @param commands maker of each subcommand by its name, in the order in which they are listed
 */
public record CommandGroup(String heading, Map<String, Supplier<Object>> commands) {

  private static final int INDENT = 2;
  private static final int GAP = 2;

  /** Copies the commands. */
  public CommandGroup {
    commands = Collections.unmodifiableMap(new LinkedHashMap<>(commands));
  }

  /** A group without commands yet. */
  public CommandGroup(String heading) {
    this(heading, Map.of());
  }

  /** This group with one more command, the last. */
  public CommandGroup with(String name, Supplier<Object> command) {
    Map<String, Supplier<Object>> more = new LinkedHashMap<>(commands);
    more.put(name, command);
    return new CommandGroup(heading, more);
  }

  /** Makes the help of a root command that has the commands of all groups list them by group. */
  public static void install(CommandLine root, List<CommandGroup> groups) {
    root.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> list(help, groups));
    root.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING);
  }

  private static String list(Help help, List<CommandGroup> groups) {
    Map<String, Help> all = help.subcommands();
    int nameWidth = INDENT + GAP + all.keySet().stream().mapToInt(String::length).max().orElse(0);
    int usageWidth = help.commandSpec().usageMessage().width();
    StringBuilder text = new StringBuilder();
    for (CommandGroup group : groups) {
      text.append(System.lineSeparator())
          .append(help.colorScheme().text("@|bold " + group.heading() + ":|@"))
          .append(System.lineSeparator());
      TextTable table =
          TextTable.forColumns(
              help.colorScheme(),
              new Column(nameWidth, INDENT, Column.Overflow.SPAN),
              new Column(usageWidth - nameWidth, 0, Column.Overflow.WRAP));
      for (String name : group.commands().keySet()) {
        String[] description = all.get(name).commandSpec().usageMessage().description();
        table.addRowValues(
            help.colorScheme().commandText(name),
            help.colorScheme().text(description.length == 0 ? "" : description[0]));
      }
      text.append(table);
    }
    return text.toString();
  }
}
