package io.viewstream.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * A schema registry in a few lines, on a loopback port: it speaks the calls that the services make,
 * over HTTP, so that Confluent's own client is under test too. It can be told to fail.
 */
final class InMemoryRegistry implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpServer server;
  private final Map<Integer, String> schemasById = new HashMap<>();
  private final Map<Integer, String> foreignTypesById = new HashMap<>();
  private final Map<String, Integer> idsBySubjectAndSchema = new HashMap<>();
  private int failuresToCome;
  private int failureStatus;
  private boolean webServer;
  private int calls;

  InMemoryRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A fresh client, with nothing in its caches. */
  CachedSchemaRegistryClient client() {
    return new CachedSchemaRegistryClient(url(), 100);
  }

  synchronized void put(String subject, int id, Schema schema) {
    schemasById.put(id, schema.toString());
    idsBySubjectAndSchema.put(subject + schema, id);
  }

  /** Holds a schema that is no Avro one, such as another team's. */
  synchronized void putForeign(int id, String type, String schema) {
    schemasById.put(id, schema);
    foreignTypesById.put(id, type);
  }

  /** Answers the next calls with a page of a web server that is no registry. */
  synchronized void failNextAsWebServer(int count, int status) {
    failNext(count, status);
    webServer = true;
  }

  /** Answers the next calls with an error. */
  synchronized void failNext(int count, int status) {
    failuresToCome = count;
    failureStatus = status;
    webServer = false;
  }

  synchronized int calls() {
    return calls;
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    calls++;
    if (failuresToCome > 0) {
      failuresToCome--;
      if (webServer) {
        answer(exchange, failureStatus, "<html><h1>Not here</h1></html>");
        return;
      }
      answer(exchange, failureStatus, error(failureStatus * 100 + 1, "told to fail"));
      return;
    }
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (path.startsWith("/schemas/ids/")) {
      String schema = schemasById.get(Integer.parseInt(path.substring("/schemas/ids/".length())));
      if (schema == null) {
        answer(exchange, 404, error(40403, "Schema not found"));
      } else {
        ObjectNode found = MAPPER.createObjectNode().put("schema", schema);
        String foreignType = foreignTypesById.get(Integer.parseInt(path.split("/")[3]));
        answer(exchange, 200, foreignType == null ? found : found.put("schemaType", foreignType));
      }
    } else if (path.startsWith("/subjects/")) {
      String subject = path.split("/")[2];
      String schema =
          new Schema.Parser().parse(MAPPER.readTree(body).get("schema").asText()).toString();
      Integer id = idsBySubjectAndSchema.get(subject + schema);
      if (id == null) {
        answer(exchange, 404, error(40403, "Schema not found"));
      } else {
        ObjectNode found = MAPPER.createObjectNode();
        answer(
            exchange,
            200,
            found.put("subject", subject).put("version", 1).put("id", id).put("schema", schema));
      }
    } else {
      answer(exchange, 500, error(50001, "no such call: " + path));
    }
  }

  private static ObjectNode error(int code, String message) {
    return MAPPER.createObjectNode().put("error_code", code).put("message", message);
  }

  private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
    answer(exchange, status, MAPPER.writeValueAsString(body));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
