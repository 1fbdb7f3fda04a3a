package io.viewstream.generators;

import io.viewstream.imaging.RgbImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A generator for tests: its pixels are a plain function of seed and source, and it fails, waits or
 * rejects on cue.
 *
 * <p>The view has the source's size; its first eight bytes are the seed (as far as they fit), the
 * rest is the source's pixels with every bit inverted. So a test can tell whose view it holds.
 */
public final class ScriptedGenerator implements Generator {

  /** Runs at the start of every call, on the calling thread; may wait or throw. */
  @FunctionalInterface
  public interface Cue {
    /**
     * Called before a call makes its views.
     *
     * @param call its number, from 0
     * @param requests its batch
     */
    void play(int call, List<GenerationRequest> requests);
  }

  private final GeneratorDescription description;
  private final Cue cue;
  private final Function<GenerationRequest, GenerationOutcome> answer;
  private final List<List<GenerationRequest>> calls = new ArrayList<>();
  private int closes;

  private ScriptedGenerator(
      GeneratorDescription description,
      Cue cue,
      Function<GenerationRequest, GenerationOutcome> answer) {
    this.description = description;
    this.cue = cue;
    this.answer = answer;
  }

  /** A generator without a fault, with the id {@code scripted} and the version {@code 1}. */
  public static ScriptedGenerator create(int bestBatchSize) {
    return new ScriptedGenerator(
        new GeneratorDescription(
            "scripted",
            "1",
            "A double for tests",
            new OutputSize.AsSource(),
            bestBatchSize,
            Duration.ofSeconds(5),
            "Apache-2.0"),
        (call, requests) -> {},
        request -> new GeneratedView(viewOf(request)));
  }

  /** A copy of this one, not yet called, with another deadline. */
  public ScriptedGenerator withCallDeadline(Duration callDeadline) {
    return new ScriptedGenerator(
        new GeneratorDescription(
            description.id(),
            description.version(),
            description.summary(),
            description.outputSize(),
            description.bestBatchSize(),
            callDeadline,
            description.licence()),
        cue,
        answer);
  }

  /** A copy of this one, not yet called, that plays a cue at every call. */
  public ScriptedGenerator withCue(Cue cue) {
    return new ScriptedGenerator(description, cue, answer);
  }

  /** A copy of this one, not yet called, that gives other outcomes. */
  public ScriptedGenerator withAnswer(Function<GenerationRequest, GenerationOutcome> answer) {
    return new ScriptedGenerator(description, cue, answer);
  }

  /** What a generator without a fault makes of a request. */
  public static RgbImage viewOf(GenerationRequest request) {
    byte[] pixels = request.source().pixels().clone();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          i < Long.BYTES
              ? (byte) (request.seed() >>> (8 * i))
              : (byte) ~request.source().pixels()[i];
    }
    return new RgbImage(request.source().width(), request.source().height(), pixels);
  }

  /** The batches of all calls so far, in order. */
  public synchronized List<List<GenerationRequest>> calls() {
    return List.copyOf(calls);
  }

  /** How often it was closed. */
  public synchronized int closes() {
    return closes;
  }

  @Override
  public GeneratorDescription description() {
    return description;
  }

  @Override
  public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
    int call;
    synchronized (this) {
      if (closes > 0) {
        throw new IllegalStateException("The scripted generator is closed");
      }
      call = calls.size();
      calls.add(List.copyOf(requests));
    }
    cue.play(call, requests);
    return requests.stream().map(answer).toList();
  }

  @Override
  public synchronized void close() {
    closes++;
  }
}
