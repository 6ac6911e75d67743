import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Between the first and the last view counted, as the other drains measure: starting and ending cost nothing. */
final class Clock {
  /** Wall and CPU time of this process, ns. */
  private record Reading(long wall, long cpu) {
    private static final OperatingSystemMXBean SYSTEM =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    static Reading now() {
      return new Reading(System.nanoTime(), SYSTEM.getProcessCpuTime());
    }
  }

  private final long expected;
  private final AtomicLong counted = new AtomicLong();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile Reading first;
  private volatile Reading last;

  Clock(long expected) {
    this.expected = expected;
  }

  void counted() {
    long now = counted.incrementAndGet();
    if (now == 1) first = Reading.now();
    if (now == expected) {
      last = Reading.now();
      done.countDown();
    }
  }

  /** False when time is up first. */
  boolean awaitLast(long seconds) throws InterruptedException {
    return done.await(seconds, TimeUnit.SECONDS);
  }

  long countedSoFar() {
    return counted.get();
  }

  long elapsedNanos() {
    return last.wall() - first.wall();
  }

  double cpuMicrosPerView() {
    return (last.cpu() - first.cpu()) / 1e3 / expected;
  }
}
