import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.serialization.Deserializer;

/** Decodes what counting needs of a view, token and event time; Avro skips the other fields. */
final class ViewDecoder implements Deserializer<ViewDecoder.View> {
  record View(String token, long viewedAt) {}

  /** Byte 0 and four bytes of the schema's id. The schema is given, so no registry is asked. */
  private static final int WIRE_HEADER_BYTES = 5;

  private final Schema written;
  private final Schema wanted;

  /** Streams threads share one deserializer, and neither readers nor decoders may be shared. */
  private final ThreadLocal<Reading> reading = ThreadLocal.withInitial(Reading::new);

  ViewDecoder(File avsc) throws IOException {
    written = new Schema.Parser().parse(avsc);
    var fields = List.of("token", "viewedAt").stream()
        .map(name -> new Schema.Field(written.getField(name), written.getField(name).schema()))
        .toList();
    wanted = Schema.createRecord(written.getName(), null, written.getNamespace(), false, fields);
  }

  @Override
  public View deserialize(String topic, byte[] bytes) {
    return bytes == null ? null : reading.get().read(bytes);
  }

  private final class Reading {
    private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(written, wanted);
    private BinaryDecoder decoder;
    private GenericRecord record;

    View read(byte[] bytes) {
      int length = bytes.length - WIRE_HEADER_BYTES;
      decoder = DecoderFactory.get().binaryDecoder(bytes, WIRE_HEADER_BYTES, length, decoder);
      try {
        record = reader.read(record, decoder);
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
      return new View(record.get(0).toString(), (Long) record.get(1));
    }
  }
}
