package io.viewstream.local.report;

import io.viewstream.local.report.SweepReport.Row;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a {@link SweepReport} as one HTML page that needs nothing else. Stateless. */
public final class SweepPage {

  private SweepPage() {}

  /** The whole page, in UTF-8 when written. */
  public static String write(SweepReport report) {
    Map<String, Html> values = new LinkedHashMap<>();
    values.put("style", new Html(PageTemplate.load("report.css").text()));
    values.put("title", Html.text(report.title()));
    values.put("summary", Html.text(summary(report)));
    values.put("failures", failures(report.failures()));
    values.put("linearProbe", SweepChart.draw(report.linearProbe()));
    values.put("nearestNeighbours", SweepChart.draw(report.nearestNeighbours()));
    values.put("rows", Html.join(report.rows().stream().map(SweepPage::row).toList()));
    values.put("arms", arms(report.arms()));
    values.put("settings", rows(report.settings()));
    values.put("version", Html.text(report.version()));
    values.put("machine", Html.text(report.machine()));
    values.put(
        "finishedAt",
        Html.text(
            DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm z", Locale.ENGLISH)
                .format(report.finishedAt())));
    return PageTemplate.load("experiment.html").fill(values);
  }

  private static String summary(SweepReport report) {
    String cells =
        report.cellsDone() == report.cellsAsked()
            ? "All %d trainings are done.".formatted(report.cellsAsked())
            : "%d of %d trainings are done; the figures below are of these."
                .formatted(report.cellsDone(), report.cellsAsked());
    return cells
        + " Each learned without labels; then its features were frozen and measured on test images."
        + " Guessing would get %s.".formatted(HtmlReport.percent(report.linearProbe().chance()));
  }

  private static Html failures(List<String> failures) {
    if (failures.isEmpty()) {
      return Html.EMPTY;
    }
    return Html.format(
        "<section aria-labelledby=\"failures\"><h2 id=\"failures\">What failed</h2><ul>%s</ul></section>",
        Html.join(failures.stream().map(failure -> Html.format("<li>%s</li>", failure)).toList()));
  }

  private static Html row(Row row) {
    return Html.format(
        "<tr><th scope=\"row\">%s<span class=\"note\">%s</span></th><td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td></tr>",
        row.name(),
        row.method(),
        row.requested(),
        row.achieved(),
        row.linearProbe(),
        row.linearProbeDifference(),
        row.nearestNeighbours(),
        row.nearestNeighboursDifference(),
        row.seeds());
  }

  private static Html arms(Map<String, String> arms) {
    if (arms.isEmpty()) {
      return Html.EMPTY;
    }
    return Html.format(
        "<h3>Arms</h3><table class=\"plain\"><thead><tr><th scope=\"col\">arm</th><th scope=\"col\">what it sets otherwise</th></tr></thead><tbody>%s</tbody></table>",
        rows(arms));
  }

  private static Html rows(Map<String, String> values) {
    return Html.join(
        values.entrySet().stream()
            .map(
                entry ->
                    Html.format(
                        "<tr><th scope=\"row\"><code>%s</code></th><td>%s</td></tr>",
                        entry.getKey(), entry.getValue()))
            .toList());
  }
}
