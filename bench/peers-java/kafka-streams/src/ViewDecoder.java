import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.Consumed;

/** Decodes what a mode needs of a view; Avro skips the other fields. */
final class ViewDecoder<V extends ViewDecoder.Timed> implements Deserializer<V> {
  interface Timed {
    long viewedAt();
  }

  /** For counting. */
  record View(String token, long viewedAt) implements Timed {}

  /** For telling apart who saw what, and what was sent twice. */
  record KnownView(String token, long viewedAt, Bytes eventId, long viewer) implements Timed {}

  /** Byte 0 and four bytes of the schema's id. The schema is given, so no registry is asked. */
  private static final int WIRE_HEADER_BYTES = 5;

  private final Schema written;
  private final Schema wanted;
  private final Function<GenericRecord, V> viewOf;

  /** Streams threads share one deserializer, and neither readers nor decoders may be shared. */
  private final ThreadLocal<Reading> reading = ThreadLocal.withInitial(Reading::new);

  static ViewDecoder<View> views(File avsc) throws IOException {
    return new ViewDecoder<>(avsc, List.of("token", "viewedAt"),
        record -> new View(record.get(0).toString(), (Long) record.get(1)));
  }

  static ViewDecoder<KnownView> knownViews(File avsc) throws IOException {
    return new ViewDecoder<>(avsc, List.of("token", "viewedAt", "eventId", "viewer"), record -> {
      // The reader fills the same bytes again with the next view.
      var eventId = Bytes.wrap(((GenericFixed) record.get(2)).bytes().clone());
      long viewer = ByteBuffer.wrap(((GenericFixed) record.get(3)).bytes()).getLong();
      return new KnownView(record.get(0).toString(), (Long) record.get(1), eventId, viewer);
    });
  }

  private ViewDecoder(File avsc, List<String> names, Function<GenericRecord, V> viewOf) throws IOException {
    this.viewOf = viewOf;
    written = new Schema.Parser().parse(avsc);
    var fields = names.stream()
        .map(name -> new Schema.Field(written.getField(name), written.getField(name).schema()))
        .toList();
    wanted = Schema.createRecord(written.getName(), null, written.getNamespace(), false, fields);
  }

  /** Nothing writes a view: there is no repartitioning, and what is stored is made of it. */
  Serde<V> serde() {
    return Serdes.serdeFrom((ignored, view) -> { throw new UnsupportedOperationException(); }, this);
  }

  /** Records by their token and event time. */
  Consumed<String, V> consumed() {
    return Consumed.with(Serdes.String(), serde())
        .withTimestampExtractor((record, partitionTime) -> ((Timed) record.value()).viewedAt());
  }

  @Override
  public V deserialize(String topic, byte[] bytes) {
    return bytes == null ? null : reading.get().read(bytes);
  }

  private final class Reading {
    private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(written, wanted);
    private BinaryDecoder decoder;
    private GenericRecord record;

    V read(byte[] bytes) {
      int length = bytes.length - WIRE_HEADER_BYTES;
      decoder = DecoderFactory.get().binaryDecoder(bytes, WIRE_HEADER_BYTES, length, decoder);
      try {
        record = reader.read(record, decoder);
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
      return viewOf.apply(record);
    }
  }
}
