import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;

/** The topology: views of each token per pane of ten seconds, in a store with a cache and a changelog. And its settings. */
final class ViewCounts {
  static final String STORE = "counts";

  /** As the bare loop of bench/src/peers counts, and the 5m window of the service. */
  static final Duration PANE = Duration.ofSeconds(10);

  /** More than the backlog spans, so that nothing is late. */
  static final Duration GRACE = Duration.ofHours(1);

  enum Mode {
    /** What a user who cares for speed would choose: counts in memory, the changelog brings them back. */
    IN_MEMORY,
    /** The same, exactly once: transactions, a commit every 100 ms. */
    EXACTLY_ONCE,
    /** Kafka Streams' own default: at least once, RocksDB. */
    ROCKSDB,
    /** As in memory, and views sent twice and visitors found too: see KnownViews. */
    SAME_WORK
  }

  static Topology topology(String topic, File avsc, Mode mode, Clock clock) throws IOException {
    if (mode == Mode.SAME_WORK) return KnownViews.topology(topic, ViewDecoder.knownViews(avsc), clock);
    var decoder = ViewDecoder.views(avsc);
    var builder = new StreamsBuilder();
    builder
        .stream(topic, decoder.consumed())
        // Records are keyed by token already.
        .groupByKey(Grouped.with(Serdes.String(), decoder.serde()))
        .windowedBy(TimeWindows.ofSizeAndGrace(PANE, GRACE))
        // What count() does, and the clock.
        .aggregate(() -> 0L, (token, view, count) -> {
          clock.counted();
          return count + 1;
        }, store(mode, Serdes.Long()));
    return builder.build();
  }

  /** What is kept of each token and pane. */
  static <V> Materialized<String, V, WindowStore<Bytes, byte[]>> store(Mode mode, Serde<V> values) {
    Duration retention = PANE.plus(GRACE);
    WindowBytesStoreSupplier supplier = mode == Mode.ROCKSDB
        ? Stores.persistentWindowStore(STORE, retention, PANE, false)
        : Stores.inMemoryWindowStore(STORE, retention, PANE, false);
    return Materialized.<String, V>as(supplier)
        .withKeySerde(Serdes.String())
        .withValueSerde(values)
        .withCachingEnabled()
        .withLoggingEnabled(Map.of());
  }

  static Properties settings(String broker, String applicationId, String stateFolder, Mode mode, int threads) {
    var settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateFolder);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // 10 MB are usual. More counts of a token and pane are then made before one goes to the store and the changelog.
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L * 1024 * 1024);
    // 1,000 are usual for both. Larger polls mean fewer of them; so many records wait for each partition's turn.
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
    // Answers as large as their usual limits allow (50 MB, 1 MB a partition). A byte is enough to get one, so nothing waits.
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 50 * 1024 * 1024);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1024 * 1024);
    // A backlog is never waited for, so partitions need not be read in step with each other.
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, 0L);
    // 16 kB, 32 MB and no compression are usual. Fewer and smaller requests to the changelogs, to which each event id goes.
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 * 1024);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L * 1024 * 1024);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    // Commits as usual: every 30 s, exactly once every 100 ms.
    if (mode == Mode.EXACTLY_ONCE)
      settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    return settings;
  }
}
