package io.viewstream.local.experiment;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.local.experiment.Grid.ProbeImages;
import io.viewstream.local.experiment.YamlMapping.Scalar;
import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.Preset;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;
import io.viewstream.trainer.train.SettingsException;
import io.viewstream.trainer.train.TrainingRequest.EngineChoice;
import io.viewstream.trainer.train.TrainingService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads a grid. For example
 *
 * <pre>{@code
 * title: SimCLR with generated views
 * output: results              # beside this file
 * images:
 *   train: pets.tar            # of a source with train and test each its own part
 *   test: pets.tar
 * preset: cifar
 * set:                         # any value of the preset, for all cells
 *   steps: 500
 * methods: [simclr, byol]
 * generative-probability: [0, 0.5, 1]
 * seeds: [1, 2, 3]
 * arms:                        # more points, each with every method and seed
 *   other-image:
 *     generative-probability: 1
 *     pairing: other-image
 * }</pre>
 *
 * The cells of one seed come together, so that a grid that is stopped early has whole seeds.
 */
public final class GridFile {

  private static final Pattern ARM = Pattern.compile("[a-z][a-z0-9-]{0,39}");
  private static final int MAX_CELLS = 10_000;

  /** Values that make up a cell, and so cannot be common to all. */
  private static final Set<SettingKey> COORDINATES =
      Set.of(SettingKey.METHOD, SettingKey.SEED, SettingKey.GENERATIVE_PROBABILITY);

  private final Path file;
  private final YamlMapping yaml;
  private final Optional<Path> givenOutput;

  private GridFile(Path file, YamlMapping yaml, Optional<Path> givenOutput) {
    this.file = file;
    this.yaml = yaml;
    this.givenOutput = givenOutput;
  }

  /**
   * Reads and checks a grid; nothing runs yet.
   *
   * @throws CommandException naming file, line and key of the first fault
   */
  public static Grid read(Path file) {
    return read(file, Optional.empty());
  }

  /**
   * Reads and checks a grid; nothing runs yet.
   *
   * @param output folder of results in place of the grid's own, which may then be missing
   * @throws CommandException naming file, line and key of the first fault
   */
  public static Grid read(Path file, Optional<Path> output) {
    return new GridFile(file, YamlMapping.read(file), output).grid();
  }

  private Grid grid() {
    String title = yaml.scalar("title").map(Scalar::text).orElse(nameOf(file));
    Optional<Path> ownOutput = yaml.scalar("output").map(Scalar::text).map(this::besideTheFile);
    Path output =
        givenOutput.or(() -> ownOutput).orElseThrow(() -> yaml.missing("output (or --output)"));
    ProbeImages probe = probe();
    Preset preset =
        yaml.scalar("preset").map(scalar -> known(scalar, Preset::named)).orElse(Preset.CIFAR);
    EngineChoice engine =
        new EngineChoice(
            yaml.scalar("device").map(Scalar::text).orElse("cpu"),
            Math.toIntExact(Math.min(1 << 20, yaml.count("engine-threads").orElse(0L))));
    OptionalInt wait =
        yaml.count("wait-for-views")
            .map(images -> OptionalInt.of(Math.toIntExact(Math.min(Integer.MAX_VALUE, images))))
            .orElse(OptionalInt.empty());
    List<Cell> cells = cells(preset);
    yaml.requireNoOther();
    return new Grid(file, title, output, cells, probe, engine, wait);
  }

  private ProbeImages probe() {
    YamlMapping images = yaml.mapping("images").orElseThrow(() -> yaml.missing("images"));
    ProbeImages probe =
        new ProbeImages(
            source(images.requireScalar("train")),
            source(images.requireScalar("test")),
            limit(images.count("train-limit")),
            limit(images.count("test-limit")));
    images.requireNoOther();
    return probe;
  }

  private String source(Scalar scalar) {
    return scalar.text().equals(ImageSource.SHAPES)
        ? ImageSource.SHAPES
        : besideTheFile(scalar.text()).toString();
  }

  private Path besideTheFile(String path) {
    Path folder = file.toAbsolutePath().getParent();
    return (folder == null ? Path.of(path) : folder.resolve(path)).normalize();
  }

  private List<Cell> cells(Preset preset) {
    SettingValues common =
        yaml.mapping("set").map(set -> values(set, COORDINATES)).orElse(SettingValues.NONE);
    List<MethodName> methods =
        List.copyOf(different("methods", scalar -> known(scalar, MethodName::named)).keySet());
    Collection<Scalar> probabilities =
        different("generative-probability", this::probability).values();
    Collection<Scalar> seeds = different("seeds", this::seed).values();
    Map<String, SettingValues> points = new LinkedHashMap<>();
    for (Scalar probability : probabilities) {
      points.put(
          "p" + probability.text(),
          common.with(SettingKey.GENERATIVE_PROBABILITY, probability.text(), file.toString()));
    }
    Map<String, SettingValues> arms = arms(common);
    if ((long) seeds.size() * methods.size() * (points.size() + arms.size()) > MAX_CELLS) {
      throw CommandException.usage(
          "%s has more than %d cells; divide it".formatted(file, MAX_CELLS));
    }
    List<Cell> cells = new ArrayList<>();
    for (Scalar seed : seeds) {
      for (MethodName method : methods) {
        SettingValues values = preset.values(method);
        points.forEach(
            (name, point) -> cells.add(new Cell(method, "", values, seeded(point, seed))));
        arms.forEach((name, arm) -> cells.add(new Cell(method, name, values, seeded(arm, seed))));
      }
    }
    check(cells);
    return cells;
  }

  private SettingValues seeded(SettingValues values, Scalar seed) {
    return values.with(SettingKey.SEED, seed.text(), file.toString());
  }

  private Map<String, SettingValues> arms(SettingValues common) {
    Map<String, SettingValues> arms = new LinkedHashMap<>();
    Optional<YamlMapping> found = yaml.mapping("arms");
    if (found.isPresent()) {
      YamlMapping all = found.get();
      for (String name : all.keys()) {
        if (!ARM.matcher(name).matches()) {
          throw CommandException.usage(
              "%s: the arm '%s' must be named by small letters, digits and hyphens, 40 at most"
                  .formatted(file, name));
        }
        YamlMapping values = all.mapping(name).orElseThrow(() -> all.missing(name));
        arms.put(name, common.withAll(values(values, Set.of(SettingKey.METHOD, SettingKey.SEED))));
      }
    }
    return arms;
  }

  private SettingValues values(YamlMapping mapping, Set<SettingKey> refused) {
    SettingValues values = SettingValues.NONE;
    for (String name : mapping.keys()) {
      Scalar scalar = mapping.requireScalar(name);
      SettingKey key = known(scalar, ignored -> SettingKey.named(name));
      if (refused.contains(key)) {
        throw mapping.fault(scalar, "cannot be given here; the grid goes over it");
      }
      values = values.with(key, scalar.text(), file.toString());
    }
    return values;
  }

  /**
   * The values of a list, with how each is written. Two that are written differently but mean the
   * same would be one cell counted twice.
   */
  private <T> Map<T, Scalar> different(String key, Function<Scalar, T> meaning) {
    Map<T, Scalar> values = new LinkedHashMap<>();
    for (Scalar scalar : yaml.scalars(key).orElseThrow(() -> yaml.missing(key))) {
      Scalar same = values.putIfAbsent(meaning.apply(scalar), scalar);
      if (same != null) {
        throw yaml.fault(
            scalar,
            "has %s twice, as %s and as %s; each must differ"
                .formatted(same.text(), same.text(), scalar.text()));
      }
    }
    return values;
  }

  private double probability(Scalar probability) {
    try {
      double value = Double.parseDouble(probability.text());
      if (value >= 0 && value <= 1) {
        // Makes -0 and 0 the same.
        return value + 0.0;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw yaml.fault(
        probability, "is %s; it must be a number from 0 to 1".formatted(probability.text()));
  }

  private long seed(Scalar seed) {
    try {
      return Long.parseLong(seed.text());
    } catch (NumberFormatException e) {
      throw yaml.fault(seed, "is %s; it must be a whole number".formatted(seed.text()));
    }
  }

  /** Finds what no training could run with, before the first of them takes its hours. */
  private void check(List<Cell> cells) {
    Map<String, Cell> byId = new LinkedHashMap<>();
    for (Cell cell : cells) {
      if (byId.put(cell.id(), cell) != null) {
        throw CommandException.usage(
            "%s has the cell %s twice; each method, probability, arm and seed must differ"
                .formatted(file, cell.id()));
      }
      try {
        TrainingService.requireUsable(cell.values());
      } catch (SettingsException e) {
        throw CommandException.usage("%s, cell %s: %s".formatted(file, cell.id(), e.getMessage()));
      }
      if (TrainingService.isEndless(cell.values())) {
        throw CommandException.usage(
            "%s, cell %s: mode is continuous without steps, which never ends; set steps"
                .formatted(file, cell.id()));
      }
    }
  }

  private <T> T known(Scalar scalar, Function<String, T> named) {
    try {
      return named.apply(scalar.text());
    } catch (SettingsException e) {
      throw CommandException.usage(
          "%s, line %d: %s".formatted(file, scalar.line(), e.getMessage()));
    }
  }

  private static OptionalLong limit(Optional<Long> limit) {
    return limit.map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
  }
}
