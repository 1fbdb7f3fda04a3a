package io.viewstream.local.experiment;

import io.viewstream.kafka.command.JsonReport;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of an experiment.
 *
 * @param page the report to open in a browser
 * @param table as markdown
 * @param report for programs
 * @param failures one line for each cell that failed
 */
public record ExperimentOutcome(
    Path page, String table, JsonReport report, List<String> failures) {}
