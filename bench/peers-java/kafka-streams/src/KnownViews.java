import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/** The topology that does more: drops views sent twice, then counts views and visitors of each token per pane. */
final class KnownViews {
  private static final String SEEN = "seen";

  /** A view sent twice within this time counts once. */
  private static final Duration REACH = Duration.ofMinutes(10);

  static Topology topology(String topic, ViewDecoder<ViewDecoder.KnownView> decoder, Clock clock) {
    var builder = new StreamsBuilder();
    builder
        .stream(topic, decoder.consumed())
        .processValues(new Once())
        .groupByKey(Grouped.with(Serdes.String(), decoder.serde()))
        .windowedBy(TimeWindows.ofSizeAndGrace(ViewCounts.PANE, ViewCounts.GRACE))
        .aggregate(Cell::new, (token, view, cell) -> {
          clock.counted();
          return cell.add(view.viewer());
        }, ViewCounts.store(ViewCounts.Mode.SAME_WORK, Cell.serde()));
    return builder.build();
  }

  /** Confluent's recipe for duplicates, in panes. */
  private static final class Once
      implements FixedKeyProcessorSupplier<String, ViewDecoder.KnownView, ViewDecoder.KnownView> {
    @Override
    public FixedKeyProcessor<String, ViewDecoder.KnownView, ViewDecoder.KnownView> get() {
      return new Processor();
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      // A view asks for its own pane and the one before; the third is for views out of order.
      var supplier = Stores.inMemoryWindowStore(SEEN, REACH.multipliedBy(3), REACH, false);
      // No cache: an id is written once, so there is nothing to save by waiting, and with one it took half as much CPU again.
      return Set.of(Stores.windowStoreBuilder(supplier, Serdes.Bytes(), Serdes.Long())
          .withCachingDisabled()
          .withLoggingEnabled(Map.of()));
    }
  }

  private static final class Processor
      extends ContextualFixedKeyProcessor<String, ViewDecoder.KnownView, ViewDecoder.KnownView> {
    private final long reach = REACH.toMillis();
    private WindowStore<Bytes, Long> seen;

    @Override
    public void init(FixedKeyProcessorContext<String, ViewDecoder.KnownView> context) {
      super.init(context);
      seen = context.getStateStore(SEEN);
    }

    @Override
    public void process(FixedKeyRecord<String, ViewDecoder.KnownView> record) {
      var view = record.value();
      if (isSeen(view)) return;
      seen.put(view.eventId(), view.viewedAt(), paneStart(view));
      context().forward(record);
    }

    /**
     * The recipe puts each id at its own time and asks for a range of times. The store in memory has a map for each time and looks into every one of
     * them, some hundred thousand for ten minutes; of panes as long as the range it is two.
     */
    private boolean isSeen(ViewDecoder.KnownView view) {
      return isSeenIn(paneStart(view), view) || isSeenIn(paneStart(view) - reach, view);
    }

    private boolean isSeenIn(long pane, ViewDecoder.KnownView view) {
      Long at = seen.fetch(view.eventId(), pane);
      return at != null && view.viewedAt() - at <= reach;
    }

    private long paneStart(ViewDecoder.KnownView view) {
      return view.viewedAt() - view.viewedAt() % reach;
    }
  }
}
