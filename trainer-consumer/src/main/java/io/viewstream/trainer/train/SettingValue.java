package io.viewstream.trainer.train;

/**
 * A value and where it comes from.
 *
 * @param value as text
 * @param source a file of the paper's code, a measurement of ours, or an option
 */
public record SettingValue(String value, String source) {}
