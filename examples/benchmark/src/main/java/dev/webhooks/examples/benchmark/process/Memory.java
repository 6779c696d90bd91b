package dev.webhooks.examples.benchmark.process;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that this process uses. */
final class Memory {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final AtomicLong BY_ENDED = new AtomicLong();

  private Memory() {}

  /** Notes what a thread has allocated that is about to end, since the JVM forgets it. */
  static void ending() {
    BY_ENDED.addAndGet(THREADS.getCurrentThreadAllocatedBytes());
  }

  /**
   * Tells how many bytes have been allocated since the start, by the living threads and those that
   * said that they end; how many the old generation holds after a full collection, and how many it
   * may hold.
   */
  static String tell() {
    long allocated = BY_ENDED.get();
    for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      allocated += Math.max(0, bytes);
    }
    System.gc();
    for (MemoryPoolMXBean generation : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = generation.getCollectionUsage();
      if (usage != null && generation.getName().matches(".*(Old|Tenured).*")) {
        return "allocated=" + allocated + " old=" + usage.getUsed() + " most=" + usage.getMax();
      }
    }
    throw new IllegalStateException("this JVM's collector has no old generation");
  }
}
