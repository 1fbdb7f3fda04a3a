package io.viewstream.local.inspect;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.kafka.command.JsonReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a reader of committed records finds.
 *
 * @param sourceImages images that are there: different ids whose newest record is no withdrawal
 * @param sourceRecords records of images, older ones of the same id included, withdrawals not
 * @param deadLetters records in dead-letters by stage and category, such as {@code ingest/INPUT}
 * @param runs what each run of the generation stage came to, by name
 * @param samples some images beside their views
 */
public record InspectionResult(
    long sourceImages,
    long sourceRecords,
    Map<String, Long> deadLetters,
    Map<String, Findings> runs,
    List<ImageSample> samples) {

  /** Copies the collections. */
  public InspectionResult {
    deadLetters = Map.copyOf(deadLetters);
    runs = Map.copyOf(runs);
    samples = List.copyOf(samples);
  }

  /** All records in dead-letters. */
  public long deadLetterCount() {
    return deadLetters.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Views of all runs, each counted once. */
  public long syntheticViews() {
    return runs.values().stream().mapToLong(Findings::views).sum();
  }

  /** Views that repeat another one, over all runs. */
  public long duplicates() {
    return runs.values().stream().mapToLong(Findings::duplicates).sum();
  }

  /** Whether each source record has, in each run, all its views or one dead letter, once. */
  public boolean sound() {
    return runs.values().stream().allMatch(Findings::sound);
  }

  /** The result under the keys of the command line's reports. */
  public JsonReport report() {
    Map<String, Object> byRun = new LinkedHashMap<>();
    new TreeMap<>(runs).forEach((run, findings) -> byRun.put(run, findings.report().entries()));
    return new JsonReport()
        .put("sourceImages", sourceImages)
        .put("sourceRecords", sourceRecords)
        .put("syntheticViews", syntheticViews())
        .put("deadLetters", deadLetterCount())
        .put("deadLettersByCategory", new TreeMap<>(deadLetters))
        .put("duplicates", duplicates())
        .put("runs", byRun);
  }

  /** The result in lines for a person. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d source images (%d records), %d synthetic views, %d dead letters, %d duplicates",
            sourceImages,
            sourceRecords,
            syntheticViews(),
            deadLetterCount(),
            duplicates()));
    new TreeMap<>(runs)
        .forEach(
            (run, findings) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%n  run %s: %d views of %d records, %d dead letters, %d duplicates,"
                            + " %d records with views missing, %d passed over",
                        run,
                        findings.views(),
                        findings.recordsWithViews(),
                        findings.deadLetters(),
                        findings.duplicates(),
                        findings.incompleteRecords(),
                        findings.passedOverRecords())));
    new TreeMap<>(deadLetters)
        .forEach(
            (kind, count) ->
                text.append(String.format(Locale.ROOT, "%n  dead letters %s: %d", kind, count)));
    return text.toString();
  }
}
