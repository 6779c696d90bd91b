package dev.webhooks.examples.benchmark.micro;

import dev.webhooks.examples.benchmark.peers.Payload;
import dev.webhooks.idempotency.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The fingerprint of 1 KB of JSON as a value, beside the plain hash of its bytes: a payload like
 * those of the other benchmarks, and one of many short fields in no order.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FingerprintBenchmark {
  private static final int FIELDS = 70;
  private static final int STEP = 31;

  private final byte[] payload = Payload.of(1, 2);
  private final byte[] fields = IntStream.range(0, FIELDS)
      .mapToObj(i -> "\"field" + i * STEP % FIELDS + "\":" + (1_000 + i))
      .collect(Collectors.joining(",", "{", "}"))
      .getBytes(StandardCharsets.US_ASCII);

  @Benchmark
  public Fingerprint hashOfBytes() {
    return Fingerprint.of("publish").add(payload).build();
  }

  @Benchmark
  public Fingerprint hashOfValue() {
    return Fingerprint.of("publish").addJson(payload).build();
  }

  @Benchmark
  public Fingerprint hashOfManyFields() {
    return Fingerprint.of("publish").addJson(fields).build();
  }
}
