import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;

/**
 * Counts a backlog of views once a lap, each lap from the beginning, under an application of its own, in the same JVM: the first one warms it up.
 * Prints after each lap what Tally found in the stores, RATE (views a second), WRITTEN (the same until the
 * changelog has every count and the offsets are committed) and CPU (µs a view), in the end RSS (MiB). Fails when the stores hold another number.
 *
 * Arguments: broker, topic, number of views, Avro schema file, mode (in-memory, exactly-once, rocksdb, same-work), threads, laps.
 */
final class Drain {
  private static final long LIMIT_SECONDS = 180;

  record Job(String broker, String topic, long views, File avsc, ViewCounts.Mode mode, int threads) {}

  public static void main(String[] args) throws Exception {
    var mode = ViewCounts.Mode.valueOf(args[4].toUpperCase(Locale.ROOT).replace('-', '_'));
    var job = new Job(args[0], args[1], Long.parseLong(args[2]), new File(args[3]), mode, Integer.parseInt(args[5]));
    for (int lap = 0; lap < Integer.parseInt(args[6]); lap++) lap(job);
    System.out.printf("RSS %d%n", peakRssMiB());
    System.exit(0);
  }

  private static void lap(Job job) throws Exception {
    String id = "bench-streams-" + UUID.randomUUID();
    Path folder = Files.createTempDirectory("bench-streams-");
    var clock = new Clock(job.views());
    var settings = ViewCounts.settings(job.broker(), id, folder.toString(), job.mode(), job.threads());
    var streams = new KafkaStreams(ViewCounts.topology(job.topic(), job.avsc(), job.mode(), clock), settings);
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    try {
      streams.start();
      awaitLast(clock, streams, job.views());
      checkCounts(streams, job.views());
      long closing = System.nanoTime();
      close(streams);
      // Closing writes what the cache holds and commits; what else it does takes some tenths of a second.
      report(job, clock, System.nanoTime() - closing);
    } finally {
      close(streams);
      deleteFolder(folder);
      deleteTraces(job.broker(), id);
    }
  }

  private static void awaitLast(Clock clock, KafkaStreams streams, long views) throws InterruptedException {
    for (int seconds = 0; seconds < LIMIT_SECONDS; seconds++) {
      if (clock.awaitLast(1)) return;
      if (streams.state().hasNotStarted() || streams.state().isRunningOrRebalancing()) continue;
      throw new IllegalStateException("Kafka Streams has stopped: " + streams.state());
    }
    throw new IllegalStateException("only " + clock.countedSoFar() + " of " + views + " views after " + LIMIT_SECONDS + " s");
  }

  /** What the stores of all partitions hold, caches included, is the number of views. */
  private static void checkCounts(KafkaStreams streams, long expected) throws InterruptedException {
    var counts = StoreQueryParameters.fromNameAndType(ViewCounts.STORE, QueryableStoreTypes.<String, Object>windowStore());
    var tally = new Tally();
    // The clock hears of the last view a moment before the store does, and between two assignments stores cannot be asked.
    for (int tries = 0; tries < 50 && tally.views() < expected; tries++) {
      if (tries > 0) Thread.sleep(100);
      tally = new Tally();
      try (var all = streams.store(counts).all()) {
        while (all.hasNext()) tally.add(all.next().value);
      } catch (InvalidStateStoreException error) {
        continue;
      }
    }
    if (tally.views() != expected)
      throw new IllegalStateException("the stores hold " + tally.views() + " views, not " + expected);
    tally.print();
  }

  private static void report(Job job, Clock clock, long closingNanos) {
    double rate = job.views() / (clock.elapsedNanos() / 1e9);
    double written = job.views() / ((clock.elapsedNanos() + closingNanos) / 1e9);
    System.out.printf(Locale.ROOT, "RATE %.0f%nWRITTEN %.0f%nCPU %.2f%n", rate, written, clock.cpuMicrosPerView());
  }

  /** Leaves the group, which could not be deleted else. Idempotent. */
  private static void close(KafkaStreams streams) {
    streams.close(CloseOptions.timeout(Duration.ofSeconds(30))
        .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
  }

  private static void deleteFolder(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }

  /** The changelog and the group with its offsets, which outlive their application. */
  private static void deleteTraces(String broker, String applicationId) throws Exception {
    try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker))) {
      var topics = admin.listTopics().names().get();
      topics.removeIf(name -> !name.startsWith(applicationId));
      admin.deleteTopics(topics).all().get();
      admin.deleteConsumerGroups(List.of(applicationId)).all().get();
    }
  }

  /** The greatest this process has been, as Linux tells it; 0 elsewhere. */
  private static long peakRssMiB() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) return 0;
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
