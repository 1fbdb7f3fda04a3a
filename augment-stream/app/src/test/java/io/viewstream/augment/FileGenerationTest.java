package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.generators.PhotometricGenerator;
import io.viewstream.generators.SeededView;
import io.viewstream.generators.ViewSetGenerator;
import io.viewstream.generators.ViewSetRequest;
import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.SourceImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FileGenerationTest {

  private static final int IMAGES = 20;
  private static final int VIEWS = 3;

  @TempDir Path folder;

  private Path images;
  private Path output;

  @BeforeEach
  void writeImages() throws IOException {
    images = folder.resolve("test");
    output = folder.resolve("views");
    for (int i = 0; i < IMAGES; i++) {
      Path file = images.resolve("class-%d/image-%d.png".formatted(i % 2, i));
      Files.createDirectories(file.getParent());
      Files.write(file, content(i));
    }
  }

  @Test
  void shouldWriteTheViewsThatTheStageMakes() throws Exception {
    FileGenerationResult result = run(new ShutdownSignal());

    assertThat(result.sourceImages()).isEqualTo(IMAGES);
    assertThat(result.syntheticViews()).isEqualTo(IMAGES * VIEWS);
    assertThat(result.failedImages()).isZero();
    assertThat(files(output)).hasSize(IMAGES * VIEWS);
    for (int i = 0; i < IMAGES; i++) {
      String path = "class-%d/image-%d.png".formatted(i % 2, i);
      for (SeededView view : expectedViews("test/" + path, i)) {
        byte[] written =
            Files.readAllBytes(output.resolve("%s-view-%d.png".formatted(path, view.viewIndex())));
        assertThat(new ImageDecoder().decode(written)).isEqualTo(view.image());
      }
    }
  }

  @Test
  void shouldPassOverWhatIsNoImage() throws Exception {
    Files.write(images.resolve("class-0/broken.png"), new byte[100]);
    Files.write(images.resolve("class-1/empty.png"), new byte[0]);

    FileGenerationResult result = run(new ShutdownSignal());

    assertThat(result.sourceImages()).isEqualTo(IMAGES);
    assertThat(result.failedImages()).isEqualTo(2);
    assertThat(files(output)).hasSize(IMAGES * VIEWS);
  }

  @Test
  void shouldStopWhenAskedTo() {
    ShutdownSignal stop = new ShutdownSignal();
    stop.request();
    assertThatThrownBy(() -> run(stop))
        .isInstanceOfSatisfying(
            CommandException.class,
            e -> assertThat(e.exitCode()).isEqualTo(CommandException.INTERRUPTED));
  }

  @Test
  void shouldNameImagesThatAreNotThere() {
    images = folder.resolve("nowhere");
    assertThatThrownBy(() -> run(new ShutdownSignal()))
        .isInstanceOf(CommandException.class)
        .hasMessage("Cannot read --images %s: there is no such folder or tar archive", images);
  }

  @Test
  void shouldFailWhenNoImageGotViews() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> call("--images", empty.toString(), "--output-dir", output.toString()))
        .isInstanceOf(CommandException.class)
        .hasMessage("There are no files in " + empty);
    Files.write(empty.resolve("broken.png"), new byte[100]);
    Path report = folder.resolve("report.json");
    assertThatThrownBy(
            () ->
                call(
                    "--images",
                    empty.toString(),
                    "--output-dir",
                    output.toString(),
                    "--report",
                    report.toString()))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("No file of " + empty + " got views: 1 failed");
    assertThat(report).content().contains("\"sourceImages\" : 0", "\"failedImages\" : 1");
  }

  @Test
  void shouldReportWhatAGeneratorIs() throws Exception {
    Path report = folder.resolve("report.json");
    call("--describe", "--report", report.toString());
    assertThat(report).content().contains("\"generator\" : \"photometric\"", "\"licence\"");
  }

  @Test
  void shouldRefuseADatasetThatNoIdCouldBeginWith() {
    for (String name : List.of("a/b", "")) {
      assertThatThrownBy(
              () ->
                  call("--images", "shapes", "--output-dir", output.toString(), "--dataset", name))
          .isInstanceOf(CommandException.class)
          .hasMessageStartingWith("Data set name '" + name + "' is blank or has a slash");
    }
  }

  @Test
  void shouldNameAnOutputFolderThatCannotBeMade() throws IOException {
    Files.createDirectories(output);
    Files.writeString(output.resolve("class-0"), "a file");
    assertThatThrownBy(() -> run(new ShutdownSignal()))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("Cannot write " + output)
        .hasMessageContaining("--output-dir: ")
        .hasMessageEndingWith("a file of that name is in the way");
    Path file = output.resolve("class-0");
    assertThatThrownBy(() -> call("--images", "shapes", "--output-dir", file.toString()))
        .isInstanceOf(CommandException.class)
        .hasMessage("--output-dir " + file + " is a file, not a folder");
  }

  @Test
  void shouldLeaveNoPartOfAFileThatCannotBeWritten() throws Exception {
    run(new ShutdownSignal());
    Path view;
    try (Stream<Path> written = Files.walk(output)) {
      view = written.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
    }
    Files.delete(view);
    Files.createDirectory(view);

    assertThatThrownBy(() -> run(new ShutdownSignal()))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("Cannot write " + view + " below --output-dir: ");
    try (Stream<Path> left = Files.walk(output)) {
      assertThat(left.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
    }
  }

  @Test
  void shouldAskForWhatIsMissingOnTheCommandLine() {
    assertThatThrownBy(() -> call("--images", images.toString()))
        .isInstanceOf(CommandException.class)
        .hasMessage("--images and --output-dir must be given, or --describe");
    assertThatThrownBy(
            () -> call("--images", "shapes", "--output-dir", output.toString(), "--views", "0"))
        .isInstanceOf(CommandException.class)
        .hasMessage("--views is 0, must be at least 1");
    assertThatThrownBy(
            () -> call("--images", "shapes", "--output-dir", output.toString(), "--views", "1025"))
        .isInstanceOf(CommandException.class)
        .hasMessage("--views is 1025, must be at most 1024");
    assertThatThrownBy(() -> call("--describe", "--generator", "photometrik"))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("Generator photometrik is neither");
  }

  private static void call(String... arguments) throws InterruptedException {
    CommandLine.populateCommand(new GenerateCommand(), arguments).call();
  }

  private FileGenerationResult run(ShutdownSignal stop) throws InterruptedException {
    Progress.Output quiet =
        new Progress.Output(
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
            false,
            System::nanoTime);
    return new FileGeneration(
            new FileGenerationSettings(
                images.toString(),
                SourceOptions.DEFAULT,
                Optional.empty(),
                VIEWS,
                9,
                Optional.empty(),
                output),
            stop,
            quiet,
            overrun -> {})
        .run(new PhotometricGenerator());
  }

  private static List<SeededView> expectedViews(String imageId, int number)
      throws InvalidImageException {
    SourceImage image = SourceImages.image(number, number);
    return new ViewSetGenerator(new PhotometricGenerator())
        .generate(
            new ViewSetRequest(
                imageId,
                image.getSha256().bytes(),
                new ImageDecoder().decode(image.getContent()),
                9,
                VIEWS));
  }

  private static byte[] content(int number) {
    ByteBuffer content = SourceImages.image(number, number).getContent().duplicate();
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }
}
