package io.viewstream.augment.internal;

import io.viewstream.generators.GenerationFailedException;
import io.viewstream.generators.SeededView;
import io.viewstream.generators.ViewSetGenerator;
import io.viewstream.generators.ViewSetRequest;
import io.viewstream.generators.ViewsRejectedException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one source record comes to: decode, generate, encode. Knows nothing of Kafka Streams, so it
 * neither forwards nor commits; nothing outside sees its work until {@link AugmentProcessor} hands
 * it on.
 *
 * <p>Shared by all stream threads; each blocks here for its own record. Exceptions that leave
 * {@link #settle} are nobody's record's fault, and stop the instance with its transactions aborted:
 * an outage of the registry, a failed device, a generator that is being closed, an error of ours.
 */
final class RecordSettler {
  private final RunIdentity run;
  private final SourceReader reader;
  private final ViewSetGenerator generator;
  private final ViewRecords viewRecords;
  private final DeadLetters deadLetters;
  private final GenerationMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  RecordSettler(
      RunIdentity run,
      SourceReader reader,
      ViewSetGenerator generator,
      ViewRecords viewRecords,
      DeadLetters deadLetters,
      GenerationMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.run = run;
    this.reader = reader;
    this.generator = generator;
    this.viewRecords = viewRecords;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /**
   * Settles a record, blocking until its views are made.
   *
   * @param key of the record; not to be modified
   * @param value of the record; not to be modified
   */
  Settlement settle(SourceRecord origin, byte @Nullable [] key, byte[] value) {
    long startNanos = nanoTime.getAsLong();
    SourceImage source;
    try {
      source = reader.read(key, value);
    } catch (RejectedRecordException e) {
      return deadLetters.ofUnreadable(origin, value, e);
    }
    try {
      return views(origin, source, startNanos);
    } catch (RejectedRecordException e) {
      return deadLetters.of(origin, source, e);
    }
  }

  private Settlement views(SourceRecord origin, SourceImage source, long startNanos)
      throws RejectedRecordException {
    RgbImage pixels = reader.decode(source);
    long decodedNanos = nanoTime.getAsLong();
    metrics.record(StageMeter.DECODE, decodedNanos - startNanos);

    List<SeededView> views = generate(source, pixels);
    long generatedNanos = nanoTime.getAsLong();
    metrics.record(StageMeter.GENERATE, generatedNanos - decodedNanos);

    List<byte[]> records =
        viewRecords.encode(
            origin, source, views, clock.instant(), (generatedNanos - startNanos) / 1000);
    metrics.record(StageMeter.ENCODE, nanoTime.getAsLong() - generatedNanos);
    return new Settlement.Views(source.getImageId().getBytes(StandardCharsets.UTF_8), records);
  }

  private List<SeededView> generate(SourceImage source, RgbImage pixels)
      throws RejectedRecordException {
    ViewSetRequest request =
        new ViewSetRequest(
            source.getImageId(), source.getSha256().bytes(), pixels, run.seed(), run.views());
    try {
      return generator.generate(request);
    } catch (ViewsRejectedException | GenerationFailedException e) {
      throw new RejectedRecordException(ErrorCategory.MODEL, String.valueOf(e.getMessage()), e);
    }
  }
}
