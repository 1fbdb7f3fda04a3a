package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuilderProcessTest {

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final byte[] CONTENT = {1, 2, 3, 4};

  @TempDir Path folder;

  /** Does what the model's name says. */
  static final class FakeBuilder {
    public static void main(String[] arguments) throws IOException, InterruptedException {
      BuilderMain.endWithParent();
      PlanRequest request = PlanRequest.read(Path.of(arguments[0]));
      System.out.println("chatter of a native library");
      BuilderMain.progress("choosing kernels");
      switch (request.onnx().getFileName().toString()) {
        case "good.onnx" -> {
          PlanBuilder.Built built = TestPlans.write(request.target(), CONTENT);
          BuilderMain.say(BuilderProtocol.DONE, built.sizeBytes() + " " + built.sha256());
        }
        case "unended.onnx" -> {
          PlanBuilder.Built built = TestPlans.write(request.target(), CONTENT);
          System.out.print("chatter that goes on ");
          BuilderMain.say(BuilderProtocol.DONE, built.sizeBytes() + " " + built.sha256());
        }
        case "crash.onnx" ->
            MemorySegment.ofAddress(8).reinterpret(8).set(ValueLayout.JAVA_LONG, 0, 1);
        case "killed.onnx" -> Runtime.getRuntime().halt(128 + 9);
        case "hang.onnx" -> Thread.sleep(Duration.ofDays(1));
        case "refused.onnx" -> {
          BuilderMain.say(BuilderProtocol.ERROR, "node Resize_12 (Resize):\n  not\tsupported");
          System.exit(1);
        }
        case "full.onnx" -> fill(request.target());
        case "cut.onnx" -> {
          PlanBuilder.Built built = TestPlans.write(request.target(), CONTENT);
          BuilderMain.say(BuilderProtocol.DONE, built.sizeBytes() + 1 + " " + built.sha256());
        }
        case "mangled.onnx" -> {
          TestPlans.write(request.target(), new byte[] {1, 2, 3, 5});
          BuilderMain.say(BuilderProtocol.DONE, "4 " + Sha256.of(CONTENT));
        }
        case "absent.onnx" -> BuilderMain.say(BuilderProtocol.DONE, "4 " + Sha256.of(CONTENT));
        case "nonsense.onnx" -> BuilderMain.say(BuilderProtocol.DONE, "four bytes I think");
        default -> {}
      }
      System.exit(0);
    }

    private static void fill(Path target) {
      try (OutputStream out = Files.newOutputStream(target)) {
        for (int i = 0; i < 64; i++) {
          out.write(new byte[1 << 16]);
        }
      } catch (IOException e) {
        BuilderMain.say(BuilderProtocol.ERROR, e.toString());
        System.exit(1);
      }
    }
  }

  private PlanRequest request(String model) {
    return new PlanRequest(
        folder.resolve(model),
        folder.resolve("target.part"),
        folder.resolve("times.cache"),
        folder,
        0,
        new BatchProfile(1, 8, 32, Map.of()),
        false,
        1L << 30);
  }

  private PlanBuilder.Built build(String model, Duration deadline) {
    return new BuilderProcess(BuilderProcess.javaCommand(FakeBuilder.class), deadline)
        .build(request(model));
  }

  @Test
  void shouldGiveWhatWasBuilt() {
    assertThat(build("good.onnx", LONG))
        .isEqualTo(new PlanBuilder.Built(CONTENT.length, Sha256.of(CONTENT)));
    assertThat(folder.resolve("target.part.request")).doesNotExist();
  }

  @Test
  void shouldHearTheBuilderBehindALineWithoutAnEnd() {
    assertThat(build("unended.onnx", LONG).sizeBytes()).isEqualTo(CONTENT.length);
  }

  @Test
  void shouldSurviveACrash() throws IOException {
    Files.write(folder.resolve("times.cache"), CONTENT);

    assertThatThrownBy(() -> build("crash.onnx", LONG))
        .isInstanceOf(PlanBuildException.class)
        .hasMessage(
            "The TensorRT plan of %s was not built: the builder's process crashed with SIGSEGV; it was at: choosing kernels (chatter of a native library)"
                .formatted(folder.resolve("crash.onnx")));
    assertThat(folder.resolve("times.cache")).doesNotExist();
  }

  @Test
  void shouldSayThatTheProcessWasKilled() {
    assertThatThrownBy(() -> build("killed.onnx", LONG))
        .hasMessageContaining("crashed with signal 9");
  }

  @Test
  void shouldEndABuilderThatHangs() {
    Duration deadline = Duration.ofSeconds(3);

    assertThatThrownBy(() -> build("hang.onnx", deadline))
        .isInstanceOf(PlanBuildException.class)
        .hasMessageContaining("was not built within PT3S; it was at: ")
        .hasMessageContaining("Raise viewstream.tensorrt.build-deadline");
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void shouldPassTheBuildersOwnWordsOnInOneLine() {
    assertThatThrownBy(() -> build("refused.onnx", LONG))
        .hasMessage(
            "The TensorRT plan of %s was not built: node Resize_12 (Resize): not supported"
                .formatted(folder.resolve("refused.onnx")));
  }

  @Test
  void shouldSayThatTheDiskIsFull() {
    List<String> command = new ArrayList<>();
    // A limit on the size of files, in units of 1,024 bytes: to the writer it is a full disk.
    command.addAll(List.of("bash", "-c", "ulimit -f 1024; exec \"$@\"", "bash"));
    command.addAll(BuilderProcess.javaCommand(FakeBuilder.class));

    assertThatThrownBy(() -> new BuilderProcess(command, LONG).build(request("full.onnx")))
        .isInstanceOf(PlanBuildException.class)
        .hasMessageEndingWith("was not built: java.io.IOException: File too large");
  }

  @Test
  void shouldNotTrustAPlanThatIsNotWhatTheBuilderWrote() {
    for (String model : List.of("cut.onnx", "mangled.onnx", "absent.onnx")) {
      assertThatThrownBy(() -> build(model, LONG))
          .as(model)
          .hasMessageContaining("bytes that are not what the builder wrote; check that disk");
    }
  }

  @Test
  void shouldNotTakeSilenceForSuccess() {
    for (String model : List.of("silent.onnx", "nonsense.onnx")) {
      assertThatThrownBy(() -> build(model, LONG))
          .as(model)
          .hasMessageContaining("ended without a plan; it was at: choosing kernels");
    }
  }

  @Test
  void shouldSayThatThereIsNoJava() {
    assertThatThrownBy(
            () -> new BuilderProcess(List.of("/no/such/java"), LONG).build(request("good.onnx")))
        .isInstanceOf(PlanBuildException.class)
        .hasMessageContaining("/no/such/java");
  }

  @Test
  void shouldEndWithItsParent() throws Exception {
    List<String> command = new ArrayList<>(BuilderProcess.javaCommand(FakeBuilder.class));
    Path file = folder.resolve("request");
    request("hang.onnx").write(file);
    command.add(file.toString());
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();

    assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(3);
  }

  @Test
  void shouldBuildTwoPlansAtOnce() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Thread thread = Thread.ofPlatform().start(() -> build("good.onnx", LONG));
    PlanRequest request = request("good.onnx");
    new BuilderProcess(BuilderProcess.javaCommand(FakeBuilder.class), LONG)
        .build(
            new PlanRequest(
                request.onnx(),
                other.resolve("target.part"),
                request.timingCache(),
                folder,
                0,
                request.profile(),
                false,
                1));
    thread.join();

    assertThat(folder.resolve("target.part")).exists();
    assertThat(other.resolve("target.part")).exists();
  }
}
