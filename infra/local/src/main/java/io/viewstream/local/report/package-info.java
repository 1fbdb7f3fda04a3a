/**
 * The report of the demo: one HTML file that opens offline. {@link
 * io.viewstream.local.report.DemoReport} holds what is told, {@link
 * io.viewstream.local.report.HtmlReport} writes it into the page of the resource {@code
 * report.html}. All markup is of the type {@link io.viewstream.local.report.Html}, which other text
 * becomes only by escaping.
 */
@NullMarked
package io.viewstream.local.report;

import org.jspecify.annotations.NullMarked;
