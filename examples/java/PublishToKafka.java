import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes views straight to the log, past the HTTP API: Avro in the Confluent wire format under the registered schema,
 * keyed by the canonical chain:address. What breaks the rules ends in the dead-letter topic, so check that it stays empty.
 */
public class PublishToKafka {
  static final String TOPIC = "token.views.v1";

  record Registered(int id, Schema schema) {}

  public static void main(String[] args) throws Exception {
    Registered registered = latestSchema(env("REGISTRY_URL", "http://127.0.0.1:8081/apis/ccompat/v7"));
    String key = canonicalEvm(env("TOKEN", "eth:0x6982508145454ce325ddbe47a25d4ec3d2311933"));
    Map<String, Object> settings = Map.of(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, env("KAFKA_BROKERS", "127.0.0.1:9092"),
        // Acknowledged means: all in-sync replicas have it, once. The default partitioner is the one the service expects.
        ProducerConfig.ACKS_CONFIG, "all",
        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
        ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      for (int visitor = 0; visitor < 5; visitor++) {
        long now = System.currentTimeMillis();
        byte[] value = wireFormat(registered, view(registered.schema(), key, "visitor-" + visitor, now));
        // The record's time is the receive time.
        producer.send(new ProducerRecord<>(TOPIC, null, now, key, value)).get();
      }
    }
    System.out.println("published 5 views of " + key);
  }

  static GenericRecord view(Schema schema, String key, String visitor, long now) throws Exception {
    UUID id = UUID.randomUUID();
    byte[] eventId = ByteBuffer.allocate(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array();
    GenericRecord view = new GenericData.Record(schema);
    view.put("eventId", fixed(schema, "eventId", eventId));
    view.put("chain", key.substring(0, key.indexOf(':')));
    view.put("token", key);
    // Keyed hashes, never raw ids: use a secret of your own and keep it.
    view.put("viewer", fixed(schema, "viewer", hash8("viewer", visitor)));
    view.put("network", fixed(schema, "network", hash8("network", visitor)));
    view.put("viewedAt", now);
    view.put("receivedAt", now);
    view.put("source", "api");
    view.put("weightMicro", 1_000_000);
    view.put("flags", 0);
    return view;
  }

  /** Byte 0, the schema's id as four bytes big-endian, then the Avro body. */
  static byte[] wireFormat(Registered registered, GenericRecord record) throws Exception {
    var bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(registered.id()).array());
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(registered.schema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  static Registered latestSchema(String registry) throws Exception {
    var uri = URI.create(registry + "/subjects/" + TOPIC + "-value/versions/latest");
    var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
    var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200)
      throw new IllegalStateException(uri + " answered " + response.statusCode() + ": " + response.body());
    var answer = new ObjectMapper().readTree(response.body());
    return new Registered(answer.get("id").asInt(), new Schema.Parser().parse(answer.get("schema").asText()));
  }

  /** Lower case is the canonical form on EVM chains; other chains have rules of their own, see docs/publishing.md. */
  static String canonicalEvm(String token) {
    if (!token.matches("[a-z0-9-]+:0x[0-9a-fA-F]{40}"))
      throw new IllegalArgumentException("not an EVM token as chain:0x…: " + token);
    return token.toLowerCase(Locale.ROOT);
  }

  static byte[] hash8(String purpose, String text) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest((env("HASH_SECRET", "example") + purpose + text).getBytes("UTF-8"));
    return Arrays.copyOf(digest, 8);
  }

  static GenericData.Fixed fixed(Schema schema, String field, byte[] bytes) {
    return new GenericData.Fixed(schema.getField(field).schema(), bytes);
  }

  static String env(String name, String usual) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? usual : value;
  }
}
