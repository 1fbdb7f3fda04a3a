package io.viewstream.generators.internal.model;

/** The settings that only one kind of generator has. */
public sealed interface KindSettings permits IcganSettings, UnclipSettings {}
