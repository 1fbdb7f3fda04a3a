package io.viewstream.schemas.serde;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schema ids and schemas of one registry, asked once each and then remembered. Safe for use by
 * several threads; the client is borrowed.
 *
 * <p>Confluent's client does not repeat a call that failed. Here a call that met a server error, a
 * refusal or no answer is tried again with growing pauses until the retry time is over: a registry
 * that restarts must not turn records into dead letters. What the registry answers about a schema
 * itself (unknown, incompatible) is final at once. A 404 without the registry's own error code is
 * no such answer: it comes from a proxy in front of it, or from a server that is none.
 */
public final class SchemaRegistry {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;

  /** The registry's error codes are the HTTP status with two digits more, such as 40403. */
  private static final int CODES_PER_STATUS = 100;

  /**
   * How Confluent's client begins to say that it has no parser for a schema, or one that failed.
   */
  private static final String NOT_PARSED = "Invalid schema ";

  private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

  private final SchemaRegistryClient client;
  private final String address;
  private final RetryPolicy retryPolicy;
  private final ConcurrentMap<Integer, Schema> schemasById = new ConcurrentHashMap<>();
  private final ConcurrentMap<SubjectSchema, Integer> ids = new ConcurrentHashMap<>();

  private record SubjectSchema(String subject, Schema schema) {}

  /**
   * A registry behind a client, with the usual patience of one minute.
   *
   * @param address of the registry, for messages
   */
  public SchemaRegistry(SchemaRegistryClient client, String address) {
    this(client, address, RetryPolicy.DEFAULT);
  }

  /**
   * A registry behind a client.
   *
   * @param address of the registry, for messages
   */
  public SchemaRegistry(SchemaRegistryClient client, String address, RetryPolicy retryPolicy) {
    this.client = client;
    this.address = address;
    this.retryPolicy = retryPolicy;
  }

  /**
   * The id of a schema that is registered under a subject.
   *
   * @throws SchemaNotRegisteredException when it is not
   * @throws RegistryUnavailableException when the registry gave no answer within the retry time
   */
  public int idOf(String subject, Schema schema) {
    SubjectSchema key = new SubjectSchema(subject, schema);
    Integer known = ids.get(key);
    if (known != null) {
      return known;
    }
    int id =
        ask(
            () -> client.getId(subject, new AvroSchema(schema)),
            answer ->
                new SchemaNotRegisteredException(
                    "Schema "
                        + schema.getFullName()
                        + " of this build is not registered under subject "
                        + subject
                        + " ("
                        + answer.getMessage()
                        + "); run `viewstream topics create`",
                    answer));
    ids.put(key, id);
    return id;
  }

  /**
   * The schema with an id.
   *
   * @throws MalformedRecordException when the registry does not know the id, or it is no Avro
   *     schema
   * @throws RegistryUnavailableException when the registry gave no answer within the retry time
   */
  public Schema byId(int id) {
    Schema known = schemasById.get(id);
    if (known != null) {
      return known;
    }
    ParsedSchema parsed =
        ask(
            () -> parsedById(id),
            answer ->
                new MalformedRecordException(
                    "Schema id " + id + " is unknown to the registry: " + answer.getMessage(),
                    answer));
    if (!(parsed instanceof AvroSchema avro)) {
      throw new MalformedRecordException(
          "Schema id " + id + " is a " + parsed.schemaType() + " schema, not an Avro one");
    }
    schemasById.put(id, avro.rawSchema());
    return avro.rawSchema();
  }

  /** Neither another kind of schema nor a broken one gets better by asking again. */
  private ParsedSchema parsedById(int id) throws IOException, RestClientException {
    try {
      return client.getSchemaById(id);
    } catch (IOException e) {
      if (e.getClass() == IOException.class
          && String.valueOf(e.getMessage()).startsWith(NOT_PARSED)) {
        throw new MalformedRecordException(
            "Schema id " + id + " is no Avro schema that this build can read", e);
      }
      throw e;
    }
  }

  /**
   * Registers a schema under a subject that from then on takes only schemas that read, and are read
   * by, every earlier one (compatibility FULL_TRANSITIVE). Does nothing where this is so already.
   *
   * @return the schema's id
   * @throws SchemaNotRegisteredException when the registry finds it incompatible with an earlier
   *     one
   * @throws RegistryUnavailableException when the registry gave no answer within the retry time
   */
  public int register(String subject, Schema schema) {
    int id =
        ask(
            () -> client.register(subject, new AvroSchema(schema)),
            answer ->
                new SchemaNotRegisteredException(
                    "The registry refuses schema "
                        + schema.getFullName()
                        + " under subject "
                        + subject
                        + ": "
                        + answer.getMessage(),
                    answer));
    String level =
        ask(
            () -> client.updateCompatibility(subject, "FULL_TRANSITIVE"),
            answer ->
                new SchemaNotRegisteredException(
                    "The registry refuses compatibility FULL_TRANSITIVE for subject "
                        + subject
                        + ": "
                        + answer.getMessage(),
                    answer));
    if (!level.equals("FULL_TRANSITIVE")) {
      throw new IllegalStateException(
          "The registry set compatibility " + level + " for subject " + subject);
    }
    return id;
  }

  private interface Call<T> {
    T run() throws IOException, RestClientException;
  }

  private interface FinalAnswer {
    RuntimeException toException(RestClientException answer);
  }

  private <T> T ask(Call<T> call, FinalAnswer finalAnswer) {
    RetryPolicy.Attempts attempts = retryPolicy.start();
    while (true) {
      try {
        return call.run();
      } catch (RestClientException e) {
        if (isFinal(e)) {
          throw finalAnswer.toException(e);
        }
        pauseOrGiveUp(attempts, e);
      } catch (IOException e) {
        pauseOrGiveUp(attempts, e);
      }
    }
  }

  private static boolean isFinal(RestClientException answer) {
    return switch (answer.getStatus()) {
      case NOT_FOUND -> answer.getErrorCode() / CODES_PER_STATUS == NOT_FOUND;
      case CONFLICT, UNPROCESSABLE -> true;
      default -> false;
    };
  }

  private void pauseOrGiveUp(RetryPolicy.Attempts attempts, Exception failure) {
    if (attempts.noticeDue()) {
      LOG.warn(
          "No answer from the schema registry at {} ({}); it is asked again for up to {} s",
          address,
          describe(failure),
          retryPolicy.giveUpAfter().toSeconds());
    }
    boolean again;
    try {
      again = attempts.pause();
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new RegistryUnavailableException(
          "Interrupted while waiting for the schema registry at " + address, failure);
    }
    if (!again) {
      throw new RegistryUnavailableException(
          "The schema registry at "
              + address
              + " gave no answer in "
              + attempts.count()
              + " attempts over "
              + retryPolicy.giveUpAfter().toSeconds()
              + " s; last: "
              + describe(failure)
              + "; check --schema-registry-url",
          failure);
    }
  }

  private static String describe(Exception failure) {
    return failure instanceof RestClientException answer && answer.getStatus() == NOT_FOUND
        ? "404, as a server gives that is no registry"
        : String.valueOf(failure.getMessage());
  }
}
