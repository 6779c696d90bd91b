package dev.webhooks.okhttp;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The resource usage of this process at a moment.
 *
 * @param heapBytes live objects
 * @param descriptors open files and sockets; 0 where the system does not tell
 */
record Usage(long heapBytes, long descriptors) {
  /** The time limit on a busy machine. */
  static final int PATIENCE_SECONDS = 300;

  /** The method in which the idle threads of a pool wait. */
  private static final List<String> RESTING = List.of("getTask", "awaitTaskToRun", "awaitTimeout");

  static Usage now() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return new Usage(runtime.totalMemory() - runtime.freeMemory(), openDescriptors());
  }

  static long openDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  /** Returns what threads of the transport and its client are at, if they are at anything. */
  static List<String> work() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey().getName().matches("(?i).*(ok|webhooks).*"))
        .filter(entry -> !rests(entry))
        .map(entry -> entry.getKey().getName() + " at " + Arrays.toString(entry.getValue()))
        .toList();
  }

  private static boolean rests(Map.Entry<Thread, StackTraceElement[]> thread) {
    return thread.getValue().length == 0
        || Arrays.stream(thread.getValue())
            .anyMatch(frame -> RESTING.contains(frame.getMethodName()));
  }

  /**
   * Waits for a condition, and returns whether it came true; else the caller says what is wrong.
   */
  static boolean await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() >= end) {
        return false;
      }
      Thread.sleep(50);
    }
    return true;
  }
}
