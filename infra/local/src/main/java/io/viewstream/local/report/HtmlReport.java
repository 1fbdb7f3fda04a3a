package io.viewstream.local.report;

import io.viewstream.local.inspect.ImageSample;
import io.viewstream.local.report.DemoReport.Accuracy;
import io.viewstream.local.report.DemoReport.Counts;
import io.viewstream.local.report.DemoReport.Mixing;
import io.viewstream.local.report.DemoReport.Stage;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.SyntheticView;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a {@link DemoReport} as one HTML page that needs nothing else: style, charts and images
 * are inside. Stateless.
 */
public final class HtmlReport {

  private HtmlReport() {}

  /** The whole page, in UTF-8 when written. */
  public static String write(DemoReport report) {
    Map<String, Html> values = new LinkedHashMap<>();
    values.put("style", new Html(PageTemplate.load("report.css").text()));
    values.put("summary", Html.text(summary(report)));
    values.put("tiles", tiles(report));
    values.put("samples", samples(report.samples()));
    values.put("method", Html.text(report.method()));
    values.put("mixing", mixing(report.mixing()));
    values.put("losses", LossChart.draw(report.losses(), report.stepsPerEpoch()));
    values.put("steps", Html.text(count(report.losses().size())));
    values.put("accuracy", accuracy(report.accuracy(), report.accuracyNote()));
    values.put("stages", stages(report));
    values.put(
        "settings",
        Html.join(
            report.settings().stream()
                .map(
                    setting ->
                        Html.format(
                            "<tr><th scope=\"row\"><code>%s</code></th><td>%s</td><td>%s</td></tr>",
                            setting.option(), setting.value(), setting.meaning()))
                .toList()));
    values.put(
        "next",
        Html.join(
            report.next().stream()
                .map(
                    step ->
                        Html.format(
                            "<li><p>%s</p><pre><code>%s</code></pre></li>",
                            step.what(), step.command()))
                .toList()));
    values.put("machine", Html.text(report.machine()));
    values.put("version", Html.text(report.version()));
    values.put(
        "finishedAt",
        Html.text(
            DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm z", Locale.ENGLISH)
                .format(report.finishedAt())));
    return PageTemplate.load("report.html").fill(values);
  }

  /** The outcome in a few sentences. */
  public static String summary(DemoReport report) {
    Counts counts = report.counts();
    StringBuilder text = new StringBuilder();
    text.append(
        "In %s, %s images went through Kafka, %s synthetic views of them came back"
            .formatted(
                duration(report.duration()),
                count(counts.sourceImages()),
                count(counts.syntheticViews())));
    text.append(
        counts.duplicates() == 0
            ? ", none of them twice. "
            : ", " + count(counts.duplicates()) + " of them more than once. ");
    text.append(
        "%s then trained for %s steps on batches that mix both."
            .formatted(report.method(), count(report.losses().size())));
    report
        .accuracy()
        .ifPresent(
            accuracy ->
                text.append(
                    " It never saw a label. A linear classifier on its features names %s of the images held out, where guessing gets %s."
                        .formatted(percent(accuracy.linearProbe()), percent(accuracy.chance()))));
    return text.toString();
  }

  private static Html tiles(DemoReport report) {
    Counts counts = report.counts();
    List<Html> tiles = new ArrayList<>();
    tiles.add(tile(count(counts.sourceImages()), "source images", ""));
    tiles.add(
        tile(
            count(counts.syntheticViews()),
            "synthetic views",
            counts.viewsPerImage() + " for each image"));
    tiles.add(tile(count(counts.deadLetters()), "dead letters", "files that could not be used"));
    tiles.add(tile(count(counts.duplicates()), "duplicates", "views published twice"));
    report
        .accuracy()
        .ifPresent(
            accuracy -> {
              String chance = "chance is " + percent(accuracy.chance());
              tiles.add(tile(percent(accuracy.linearProbe()), "linear probe", chance));
              tiles.add(tile(percent(accuracy.nearestNeighbours()), "nearest neighbours", chance));
            });
    return Html.join(tiles);
  }

  private static Html tile(String value, String name, String note) {
    return Html.format(
        "<div class=\"tile\"><dt>%s</dt><dd>%s</dd><dd class=\"note\">%s</dd></div>",
        name, value, note);
  }

  private static Html samples(List<ImageSample> samples) {
    if (samples.isEmpty()) {
      return new Html("<p>There is no image to show.</p>");
    }
    int views = samples.stream().mapToInt(sample -> sample.views().size()).max().orElse(0);
    List<Html> rows = new ArrayList<>();
    for (ImageSample sample : samples) {
      String name =
          Optional.ofNullable(sample.source().getLabel()).orElse(sample.source().getImageId());
      List<Html> cells = new ArrayList<>();
      for (SyntheticView view : sample.views()) {
        cells.add(
            Html.format(
                "<td>%s</td>",
                image(
                    view.getContent(),
                    view.getEncoding(),
                    "Synthetic view " + (view.getViewIndex() + 1) + " of " + name,
                    "seed " + Long.toUnsignedString(view.getSeed(), 16))));
      }
      for (int i = sample.views().size(); i < views; i++) {
        cells.add(new Html("<td></td>"));
      }
      rows.add(
          Html.format(
              "<tr><th scope=\"row\">%s</th><td class=\"source\">%s</td>%s</tr>",
              name,
              image(
                  sample.source().getContent(),
                  sample.source().getEncoding(),
                  "Source image: " + name,
                  sample.source().getImageId()),
              Html.join(cells)));
    }
    return Html.format(
        """
        <div class="scroll" tabindex="0" role="region" aria-label="Source images beside their views"><table class="sheet">
        <thead><tr><th scope="col"></th><th scope="col">source</th><th scope="colgroup" colspan="%s">synthetic views</th></tr></thead>
        <tbody>
        %s
        </tbody></table></div>""",
        Math.max(1, views), Html.join(rows));
  }

  private static Html image(
      ByteBuffer content, ImageEncoding encoding, String alternative, String title) {
    Thumbnail thumbnail = Thumbnail.of(content, encoding);
    byte[] bytes = thumbnail.content();
    String type = thumbnail.encoding() == ImageEncoding.PNG ? "image/png" : "image/jpeg";
    return Html.format(
        "<img src=\"data:%s;base64,%s\" alt=\"%s\" title=\"%s\">",
        type, new Html(Base64.getEncoder().encodeToString(bytes)), alternative, title);
  }

  private static Html mixing(Mixing mixing) {
    Html bars =
        Html.join(
            List.of(
                bar("requested", mixing.requested(), ""),
                bar("achieved", mixing.achieved(), "strong")));
    String sentence =
        mixing.fallbacks() == 0
            ? "Every slot that asked for a synthetic view got one; requested and achieved differ by chance alone."
            : "%s slots took the real image because their view was not there yet."
                .formatted(count(mixing.fallbacks()));
    return Html.format(
        "<div class=\"bars\" role=\"list\">%s</div><p>Counted over %s second slots. %s</p>",
        bars, count(mixing.slots()), sentence);
  }

  private static Html accuracy(Optional<Accuracy> accuracy, String note) {
    if (accuracy.isEmpty()) {
      return Html.format(
          "<p>The features were not tested: %s. With one folder for each class, a linear probe and nearest neighbours are measured here.</p>",
          note);
    }
    Accuracy value = accuracy.get();
    return Html.format(
        """
        <p>The network is frozen. A linear classifier, and a vote of the nearest neighbours, name images by its features: here is how often they are right. Chance is what guessing among %s classes would give.</p>
        <div class="bars" role="list">%s</div>
        <p>Both learnt from %s labelled images and were tested on %s others. %s</p>""",
        value.classes(),
        Html.join(
            List.of(
                bar("linear probe", value.linearProbe(), "strong"),
                bar("nearest neighbours", value.nearestNeighbours(), "strong"),
                bar("chance", value.chance(), ""))),
        count(value.trainImages()),
        count(value.testImages()),
        note);
  }

  /** A horizontal bar for a fraction, whose text says all that the bar shows. */
  private static Html bar(String name, double fraction, String style) {
    return Html.format(
        "<div class=\"bar\" role=\"listitem\"><span class=\"name\">%s</span><span class=\"track\" aria-hidden=\"true\"><span class=\"fill %s\" style=\"width:%s%%\"></span></span><span class=\"value\">%s</span></div>",
        name,
        style,
        String.format(Locale.ROOT, "%.2f", 100 * Math.clamp(fraction, 0, 1)),
        percent(fraction));
  }

  private static Html stages(DemoReport report) {
    double longest =
        report.stages().stream().mapToDouble(stage -> seconds(stage.duration())).max().orElse(1);
    return Html.join(
        report.stages().stream()
            .map(
                stage ->
                    Html.format(
                        "<tr><th scope=\"row\">%s<span class=\"note\">%s</span></th><td class=\"number\">%s</td><td class=\"track-cell\" aria-hidden=\"true\"><span class=\"track\"><span class=\"fill\" style=\"width:%s%%\"></span></span></td><td class=\"number\">%s</td><td class=\"number\">%s</td></tr>",
                        stage.name(),
                        stage.what(),
                        duration(stage.duration()),
                        String.format(
                            Locale.ROOT, "%.2f", 100 * seconds(stage.duration()) / longest),
                        stage.amount() == 0 ? "" : count(stage.amount()) + " " + stage.unit(),
                        rate(stage)))
            .toList());
  }

  private static String rate(Stage stage) {
    return stage.perSecond() == 0
        ? ""
        : stage.perSecond() >= 10
            ? count(Math.round(stage.perSecond())) + "/s"
            : String.format(Locale.ROOT, "%.1f/s", stage.perSecond());
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  static String duration(Duration duration) {
    long whole = Math.round(seconds(duration));
    return whole < 60
        ? String.format(Locale.ROOT, "%.1f s", seconds(duration))
        : String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60);
  }

  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * fraction);
  }
}
