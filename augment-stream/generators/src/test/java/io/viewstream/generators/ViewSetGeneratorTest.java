package io.viewstream.generators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class ViewSetGeneratorTest {

  private static final byte[] SHA256 = new byte[32];
  private static final RgbImage SOURCE = image(1, 2);
  private static final RgbImage A = image(10, 20);
  private static final RgbImage B = image(30, 40);
  private static final RgbImage C = image(50, 60);
  private static final RgbImage FLAT = image(70, 70);

  @Test
  void shouldAskForAllViewsInOneCall() {
    ScriptedGenerator generator = ScriptedGenerator.create(8);
    List<SeededView> views = new ViewSetGenerator(generator).generate(request(SOURCE, 3));

    assertThat(generator.calls()).hasSize(1);
    for (int i = 0; i < 3; i++) {
      assertThat(views.get(i).viewIndex()).isEqualTo(i);
      assertThat(views.get(i).attempt()).isZero();
      assertThat(views.get(i).seed()).isEqualTo(seed(i, 0));
      assertThat(views.get(i).image())
          .isEqualTo(ScriptedGenerator.viewOf(new GenerationRequest(SOURCE, seed(i, 0))));
    }
  }

  @Test
  void shouldTryRejectedViewsAgainTogether() {
    ScriptedGenerator generator =
        answering(
            (index, attempt) ->
                attempt == 0 && index != 1
                    ? new RejectedView("not a number")
                    : new GeneratedView(image(index, 100 + attempt)));
    List<SeededView> views = new ViewSetGenerator(generator).generate(request(SOURCE, 3));

    assertThat(views).extracting(SeededView::attempt).containsExactly(1, 0, 1);
    assertThat(views)
        .extracting(SeededView::seed)
        .containsExactly(seed(0, 1), seed(1, 0), seed(2, 1));
    assertThat(generator.calls()).extracting(List::size).containsExactly(3, 2);
  }

  @Test
  void shouldRejectAFlatViewUnlessItsSourceIsFlat() {
    BiFunction<Integer, Integer, GenerationOutcome> flatFirst =
        (index, attempt) -> new GeneratedView(attempt == 0 ? FLAT : A);
    assertThat(new ViewSetGenerator(answering(flatFirst)).generate(request(SOURCE, 1)))
        .extracting(SeededView::image)
        .containsExactly(A);
    assertThat(new ViewSetGenerator(answering(flatFirst)).generate(request(FLAT, 1)))
        .extracting(SeededView::image)
        .containsExactly(FLAT);
  }

  @Test
  void shouldGiveWayToTheLowerOfTwoEqualViews() {
    ScriptedGenerator generator =
        answering((index, attempt) -> new GeneratedView(attempt == 0 ? A : B));
    List<SeededView> views = new ViewSetGenerator(generator).generate(request(SOURCE, 2));
    assertThat(views).extracting(SeededView::image).containsExactly(A, B);
    assertThat(views).extracting(SeededView::attempt).containsExactly(0, 1);
  }

  @Test
  void shouldHoldAHigherViewUntilAllLowerOnesStand() {
    Map<String, GenerationOutcome> script =
        Map.of(
            "0/0", new RejectedView("not a number"),
            "0/1", new GeneratedView(A),
            "1/0", new GeneratedView(A),
            "1/1", new GeneratedView(B),
            "2/0", new GeneratedView(B),
            "2/1", new GeneratedView(C));
    ScriptedGenerator generator = answering((index, attempt) -> script.get(index + "/" + attempt));
    List<SeededView> views = new ViewSetGenerator(generator).generate(request(SOURCE, 3));
    assertThat(views).extracting(SeededView::image).containsExactly(A, B, C);
  }

  @Test
  void shouldNameTheViewAndItsReasonsWhenEveryAttemptFails() {
    ScriptedGenerator generator =
        answering(
            (index, attempt) ->
                index == 1 && attempt < 2
                    ? new RejectedView("not a number")
                    : new GeneratedView(index == 1 && attempt == 2 ? FLAT : A));
    assertThatThrownBy(() -> new ViewSetGenerator(generator).generate(request(SOURCE, 2)))
        .hasMessage(
            "View 1 was rejected in all 4 attempts:"
                + " not a number; not a number; one flat colour; equal to view 0")
        .isInstanceOfSatisfying(
            ViewsRejectedException.class, e -> assertThat(e.viewIndex()).isEqualTo(1));
    assertThat(generator.calls()).hasSize(4);
  }

  @Test
  void shouldRefuseAGeneratorThatLosesOutcomes() {
    Generator generator =
        new Generator() {
          @Override
          public GeneratorDescription description() {
            return ScriptedGenerator.create(1).description();
          }

          @Override
          public List<GenerationOutcome> generate(List<GenerationRequest> requests) {
            return List.of();
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> new ViewSetGenerator(generator).generate(request(SOURCE, 2)))
        .isInstanceOf(GenerationFailedException.class)
        .hasMessage("Generator scripted 1 returned 0 outcomes for 2 requests");
  }

  /** Whatever the generator does, the outcome is that of settling one view after the other. */
  @Test
  void shouldAgreeWithSettlingOneViewAfterTheOther() {
    for (long randomSeed = 0; randomSeed < 500; randomSeed++) {
      long salt = randomSeed;
      BiFunction<Integer, Integer, GenerationOutcome> script =
          (index, attempt) -> {
            int choice = new Random(salt * 1_000 + index * 10 + attempt).nextInt(6);
            return choice == 0
                ? new RejectedView("not a number")
                : new GeneratedView(choice == 1 ? FLAT : image(choice, 100));
          };
      List<RgbImage> expected = oneAfterTheOther(script, 4);
      List<RgbImage> actual;
      try {
        actual =
            new ViewSetGenerator(answering(script))
                .generate(request(SOURCE, 4)).stream().map(SeededView::image).toList();
      } catch (ViewsRejectedException e) {
        actual = List.of();
      }
      assertThat(actual).as("random seed %d", randomSeed).isEqualTo(expected);
    }
  }

  private static List<RgbImage> oneAfterTheOther(
      BiFunction<Integer, Integer, GenerationOutcome> script, int views) {
    List<RgbImage> accepted = new ArrayList<>();
    for (int index = 0; index < views; index++) {
      for (int attempt = 0; attempt <= 3 && accepted.size() == index; attempt++) {
        if (script.apply(index, attempt) instanceof GeneratedView view
            && !view.image().equals(FLAT)
            && !accepted.contains(view.image())) {
          accepted.add(view.image());
        }
      }
      if (accepted.size() == index) {
        return List.of();
      }
    }
    return accepted;
  }

  private static ScriptedGenerator answering(
      BiFunction<Integer, Integer, GenerationOutcome> script) {
    return ScriptedGenerator.create(8)
        .withAnswer(
            request -> {
              for (int index = 0; index < 8; index++) {
                for (int attempt = 0; attempt < 8; attempt++) {
                  if (request.seed() == seed(index, attempt)) {
                    return script.apply(index, attempt);
                  }
                }
              }
              throw new AssertionError("Unknown seed " + request.seed());
            });
  }

  private static long seed(int viewIndex, int attempt) {
    return new ViewSeed(5, "dataset/a.png", SHA256, "scripted", "1", viewIndex, attempt).value();
  }

  private static ViewSetRequest request(RgbImage source, int views) {
    return new ViewSetRequest("dataset/a.png", SHA256, source, 5, views);
  }

  /** Two pixels, of one grey each. */
  private static RgbImage image(int left, int right) {
    byte l = (byte) left;
    byte r = (byte) right;
    return new RgbImage(4, 1, new byte[] {l, l, l, r, r, r, r, r, r, r, r, r});
  }
}
