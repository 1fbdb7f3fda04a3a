package io.viewstream.local.demo;

import io.viewstream.kafka.command.JsonReport;
import java.nio.file.Path;

/**
 * What came of a demo.
 *
 * @param summary a few sentences for the terminal
 * @param page the HTML report
 * @param report under the keys of the command line's reports
 */
public record DemoOutcome(String summary, Path page, JsonReport report) {}
