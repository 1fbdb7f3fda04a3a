package io.viewstream.generators;

/** What came of one {@link GenerationRequest}. */
public sealed interface GenerationOutcome permits GeneratedView, RejectedView {}
