package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.evaluate.EvaluateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What users write wrongly is found before a broker or an engine is asked. */
class TrainCommandTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--width 0 | width is 0; it must be a whole number from 1 to 1024",
        "--batch-size 1 | batch-size is 1; it must be at least 2",
        "--resolution 4 | A resolution of 4 px is too small for the cifar stem",
        "--backbone resnet18 --resolution 31 | A resolution of 31 px is too small for the imagenet stem",
        "--backbone resnet19 | There is no backbone 'resnet19'",
        "--method simclr2 | There is no method 'simclr2'",
        "--method moco --preset paper-alternate | The preset paper-alternate has no values for moco; use --preset paper",
        "--set accumulation=2 | accumulation is 2; it must be 1 for simclr",
        "--method byol --set accumulation=0 | accumulation is 0; it must be a whole number from 1",
        "--method moco --set queue-size=100 | queue-size is 100; it must be a multiple of batch-size",
        "--device tpu | device is 'tpu'; it must be cpu, or cuda:N",
        "--device cuda:x | device is 'cuda:x'; it must be cpu, or cuda:N",
        "--device cuda:99999999999 | device is 'cuda:99999999999'; it must be cpu, or cuda:N",
        "--device cuda:0,cuda:1 | device is 'cuda:0,cuda:1'; training on several devices is not there yet",
        "--engine-threads -1 | engine-threads is -1; it must be from 1 to 1024",
        "--preset big | There is no preset 'big'",
        "--mode endless | --mode is 'endless'; it must be epochs or continuous",
        "--mode continuous --epochs 2 | --epochs needs --mode epochs; a continuous training ends by --steps",
        "--mode continuous --wait-for-views 2 | --wait-for-views needs --mode epochs",
        "--mode continuous --batch-size 10 --window-images 25 | window-images is 25; it must be a multiple of the images of a step, which are 10",
        "--mode continuous --batch-size 10 --window-images 20 --shuffle-buffer 50 | shuffle-buffer is 50; it must be a multiple of window-images, which is 20",
        "--mode continuous --window-timeout -1 | --window-timeout is -1.0; it must be from 0",
        "--window-images 64 | --window-images, --shuffle-buffer and --window-timeout need --mode continuous",
        "--mode epochs --window-timeout 1 | --window-images, --shuffle-buffer and --window-timeout need",
        "--set warmup-steps=3 | warmup-steps needs --mode continuous",
        "--epochs 1 --steps 2 | --epochs and --steps both say how long to train",
        "--resume --replay x | --resume goes on with a training and --replay begins one again",
        "--generative-probability 2 | Generative probability 2.0 lies outside",
        "--generative-probability -0.1 | Generative probability -0.1 lies outside",
        "--generative-probability 0.5,0.2 | need --synthetic-slot both, not second",
        "--generative-probability 0.5,0.2 --synthetic-slot first | need --synthetic-slot both, not first",
        "--generative-probability 0.1,0.2,0.3 | at most two numbers are meant",
        "--set augmentation=strong | No augmentation set is named 'strong'",
        "--seed x | seed is x; it must be a whole number",
        "--optimizer adam | There is no optimizer 'adam'",
        "--generative-probability a | generative-probability is a; it must be a number",
        "--synthetic-slot third | Synthetic slot 'third' is none of",
        "--set lr=1 | There is no setting 'lr'",
        "--set learning-rate=-1 | learning-rate is -1; it must be a number from",
        "--resume | There is nothing to resume in",
        "--resume --preset paper | --preset has no place with --resume",
        "--replay m --wait-for-views 5 | --wait-for-views has no place with --replay",
        "--batch-size 1048576 | takes 12884901888 bytes in one slot, more than the limit of 2147483647",
        "--mode continuous --method byol --batch-size 1048576 --set accumulation=65536 | make steps of 68719476736 images",
        "--wait-for-views 0 | --wait-for-views and --cache-bytes must be at least 1"
      })
  void shouldSayInOneLineWhatCannotBe(String options, String message) {
    assertUsage(new TrainCommand(), options + " --checkpoint-dir " + folder, message);
  }

  @Test
  void shouldRefuseAFileInPlaceOfTheFolderForCheckpoints() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path inTheWay : List.of(file, file.resolve("deep/below"))) {
      assertUsage(
          new TrainCommand(), "--checkpoint-dir " + inTheWay, file + " is a file; name another");
    }
  }

  @Test
  void shouldCompareSettingsByWhatTheyMean() {
    SettingValues recorded =
        SettingValues.NONE
            .with(SettingKey.GENERATIVE_PROBABILITY, "0.5", "")
            .with(SettingKey.VIEWS_FROM, "1.0", "");

    assertThat(
            recorded.differences(
                SettingValues.NONE.with(SettingKey.GENERATIVE_PROBABILITY, "0.50", "")))
        .isEmpty();
    assertThat(
            recorded.differences(
                SettingValues.NONE
                    .with(SettingKey.GENERATIVE_PROBABILITY, "0.5,0.5", "")
                    .with(SettingKey.VIEWS_FROM, "1", "")))
        .containsExactlyInAnyOrder(
            "generative-probability is 0.5, not 0.5,0.5", "views-from is 1.0, not 1");
  }

  @Test
  void shouldFailWhereADeviceIsNotThere() {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> call(new TrainCommand(), "--device cuda:99 --checkpoint-dir " + folder))
        .withMessageStartingWith("No device cuda:99: the engine sees ")
        .withMessageContaining("PYTORCH_LIBRARY_PATH")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
        .extracting(CommandException::exitCode)
        .isEqualTo(CommandException.FAILED);
  }

  @Test
  void shouldSayWhichCheckpointIsMissing() {
    Path none = folder.resolve("none");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(
            () ->
                call(
                    new EvaluateCommand(),
                    "--checkpoint " + none + " --train-images shapes --test-images shapes"))
        .withMessage(
            "--checkpoint %s does not exist; name a file checkpoint-….safetensors, or the --checkpoint-dir of a training that has saved one",
            none)
        .extracting(CommandException::exitCode)
        .isEqualTo(CommandException.FAILED);
  }

  private static void assertUsage(Callable<Integer> command, String options, String message) {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> call(command, options))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
        .extracting(CommandException::exitCode)
        .isEqualTo(CommandException.USAGE);
  }

  private static void call(Callable<Integer> command, String options) throws Exception {
    new CommandLine(command).parseArgs(options.split(" "));
    command.call();
  }
}
