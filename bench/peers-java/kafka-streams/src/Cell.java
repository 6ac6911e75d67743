import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.memory.Memory;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Views and visitors of a token in a pane: few viewers exactly, many by a sketch. Changed in place: a store makes a new one whenever it is asked. */
final class Cell {
  static final int EXACT_MAX = 64;

  /** 1,024 registers, an error of some 3 %. A byte for each takes twice the space of four bits and less time to read and write. */
  private static final int LG_REGISTERS = 10;
  private static final TgtHllType REGISTERS = TgtHllType.HLL_8;

  private long views;
  /** Ascending; unused when there is a sketch. */
  private long[] viewers = {};
  private HllSketch sketch;

  Cell add(long viewer) {
    views++;
    if (sketch != null) {
      sketch.update(viewer);
      return this;
    }
    int found = Arrays.binarySearch(viewers, viewer);
    if (found >= 0) return this;
    if (viewers.length < EXACT_MAX) insert(viewer, -found - 1);
    else sketchWith(viewer);
    return this;
  }

  long views() {
    return views;
  }

  boolean isExact() {
    return sketch == null;
  }

  double visitors() {
    return sketch == null ? viewers.length : sketch.getEstimate();
  }

  private void insert(long viewer, int at) {
    var longer = new long[viewers.length + 1];
    System.arraycopy(viewers, 0, longer, 0, at);
    longer[at] = viewer;
    System.arraycopy(viewers, at, longer, at + 1, viewers.length - at);
    viewers = longer;
  }

  private void sketchWith(long viewer) {
    sketch = new HllSketch(LG_REGISTERS, REGISTERS);
    for (long known : viewers) sketch.update(known);
    sketch.update(viewer);
  }

  /** Views (negative when a sketch follows), then the viewers or the sketch. */
  static Serde<Cell> serde() {
    return Serdes.serdeFrom((topic, cell) -> cell == null ? null : cell.write(), (topic, bytes) -> bytes == null ? null : read(bytes));
  }

  private byte[] write() {
    byte[] sketched = sketch == null ? new byte[0] : sketch.toUpdatableByteArray();
    int size = sketch == null ? Long.BYTES * viewers.length : sketched.length;
    var bytes = ByteBuffer.allocate(Long.BYTES + size).putLong(sketch == null ? views : -views);
    if (sketch == null) bytes.asLongBuffer().put(viewers);
    else bytes.put(sketched);
    return bytes.array();
  }

  private static Cell read(byte[] written) {
    var cell = new Cell();
    var bytes = ByteBuffer.wrap(written);
    long views = bytes.getLong();
    cell.views = Math.abs(views);
    if (views < 0) {
      cell.sketch = HllSketch.heapify(Memory.wrap(written, Long.BYTES, bytes.remaining(), ByteOrder.nativeOrder()));
    } else {
      cell.viewers = new long[bytes.remaining() / Long.BYTES];
      bytes.asLongBuffer().get(cell.viewers);
    }
    return cell;
  }
}
