package io.viewstream.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.ssl.SimClr;
import io.viewstream.trainer.train.TrainingSettings;
import io.viewstream.trainer.train.TrainingSettings.OptimizerSettings;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The same training steps in plain PyTorch, in a process that does a round of them when asked and
 * sleeps between. Used by one thread.
 */
final class StepPeer implements AutoCloseable {

  /** PyTorch's own layout of images, and the one of ours. */
  static final List<String> LAYOUTS = List.of("default", "channels-last");

  private final ObjectMapper json = new ObjectMapper();
  private final Path script;
  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;
  private String version = "";

  private StepPeer(Path script, Process process) {
    this.script = script;
    this.process = process;
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts the script; empty without PyTorch. */
  static Optional<StepPeer> start(Path script, TrainingSettings settings)
      throws IOException, InterruptedException {
    Optional<String> interpreter = PeerPython.with(script, "torch");
    if (interpreter.isEmpty()) {
      return Optional.empty();
    }
    if (!(settings.methodSettings() instanceof SimClr.Settings method)) {
      throw CommandException.usage("--peer knows the steps of simclr alone; leave --method out");
    }
    OptimizerSettings optimizer = settings.optimizer();
    List<String> command =
        Stream.of(
                interpreter.get(),
                script,
                "--width",
                settings.architecture().width(),
                "--resolution",
                settings.resolution(),
                "--batch-size",
                settings.batchSize(),
                "--hidden",
                method.projectorHidden(),
                "--output",
                method.projectorOutput(),
                "--temperature",
                method.temperature(),
                "--optimizer",
                optimizer.layerwise() ? "lars" : "sgd",
                "--rate",
                optimizer.baseRate(),
                "--momentum",
                optimizer.scaling().momentum(),
                "--decay",
                optimizer.scaling().weightDecay(),
                "--trust",
                optimizer.scaling().trustCoefficient())
            .map(Object::toString)
            .toList();
    return Optional.of(
        new StepPeer(
            script,
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()));
  }

  /** One round of steps, after a warm-up of its own the first time. */
  Measurement round(String layout, int threads, double seconds) throws IOException {
    questions.write("%s %d %s%n".formatted(layout, threads, seconds));
    questions.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw CommandException.failed("The peer " + script + " failed; its last lines say why");
    }
    JsonNode round = json.readTree(answer);
    version = round.path("torch").asText();
    return new Measurement(
        "PyTorch's step, " + layout,
        "images",
        round.path("images").asLong(),
        0,
        round.path("seconds").asDouble(),
        round.path("cpuSeconds").asDouble());
  }

  /** The version of PyTorch, known after a round. */
  String version() {
    return version;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
