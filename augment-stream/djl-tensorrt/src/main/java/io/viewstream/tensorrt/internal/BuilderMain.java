package io.viewstream.tensorrt.internal;

import io.viewstream.tensorrt.internal.PlanBuilder.Built;
import java.io.IOException;
import java.nio.file.Path;

/** The builder's process. Its one argument is the file of a {@link PlanRequest}. */
final class BuilderMain {

  private static final int FAILED = 1;
  private static final int ORPHANED = 3;

  private BuilderMain() {}

  public static void main(String[] arguments) {
    endWithParent();
    try {
      PlanRequest request = PlanRequest.read(Path.of(arguments[0]));
      NativeTensorRt tensorRt = NativeTensorRt.open(CudaDriver.LIBRARY, request.libraryDirectory());
      Built built = OnnxPlanWriter.write(tensorRt, request, BuilderMain::progress);
      say(BuilderProtocol.DONE, built.sizeBytes() + " " + built.sha256());
      // No destructor of a library runs: a crash there would make a failure of a finished build.
      Runtime.getRuntime().halt(0);
    } catch (Throwable e) {
      say(BuilderProtocol.ERROR, e.getMessage() == null ? e.toString() : e.getMessage());
      Runtime.getRuntime().halt(FAILED);
    }
  }

  static void progress(String text) {
    say(BuilderProtocol.PROGRESS, text);
  }

  static void say(String word, String text) {
    System.out.println(BuilderProtocol.line(word, text));
    System.out.flush();
  }

  /** Standard input ends when the parent does. */
  static void endWithParent() {
    Thread.ofPlatform()
        .daemon()
        .name("parent")
        .start(
            () -> {
              try {
                while (System.in.read() >= 0) {}
              } catch (IOException e) {
                // As good as the end.
              }
              Runtime.getRuntime().halt(ORPHANED);
            });
  }
}
