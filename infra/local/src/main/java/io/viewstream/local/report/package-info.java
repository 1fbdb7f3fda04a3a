/**
 * The reports of the demo and of experiments: one HTML file each, that opens offline. {@link
 * io.viewstream.local.report.DemoReport} holds what is told, {@link
 * io.viewstream.local.report.HtmlReport} writes it into the page of the resource {@code
 * report.html}. {@link io.viewstream.local.report.SweepReport} and {@link
 * io.viewstream.local.report.SweepPage} do the same for an experiment. All markup is of the type
 * {@link io.viewstream.local.report.Html}, which other text becomes only by escaping.
 */
@NullMarked
package io.viewstream.local.report;

import org.jspecify.annotations.NullMarked;
