/**
 * How a command talks to its user: the options that all commands have ({@link
 * io.viewstream.kafka.command.CommonOptions}), progress on standard error ({@link
 * io.viewstream.kafka.command.Progress}), the machine-readable outcome ({@link
 * io.viewstream.kafka.command.JsonReport}), Ctrl-C ({@link
 * io.viewstream.kafka.command.ShutdownSignal}) and failures in one line ({@link
 * io.viewstream.kafka.command.CommandException}).
 */
@NullMarked
package io.viewstream.kafka.command;

import org.jspecify.annotations.NullMarked;
