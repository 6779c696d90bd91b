package dev.webhooks.examples.benchmark.micro;

import dev.webhooks.examples.benchmark.peers.Payload;
import dev.webhooks.internal.validation.Envelope;
import dev.webhooks.internal.validation.JacksonJsonCodec;
import dev.webhooks.internal.validation.JsonPayloadPolicy;
import dev.webhooks.internal.validation.PublicAddresses;
import dev.webhooks.internal.validation.PublicHttpsPolicy;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventType;
import dev.webhooks.validation.PayloadPolicy;
import dev.webhooks.validation.UrlPolicy;
import dev.webhooks.validation.ValidUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Checks and the envelope; names are resolved by a table, since a network is not measured. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ValidationBenchmark {
  private static final String TYPE = "order.paid";

  private final EventType type = new EventType(TYPE, "An order was paid", Set.of("number"));
  private final PayloadPolicy payloads =
      new JsonPayloadPolicy(JacksonJsonCodec.create(), PayloadPolicy.DEFAULT_MAX_BYTES);
  private final byte[] payload = Payload.of(1, 2);
  private final Event event = Event.ofJson(TYPE, payload);
  private final Instant now = Instant.ofEpochSecond(1_764_000_000);
  private InetAddress address;
  private PublicTargetGuard guard;
  private UrlPolicy urls;

  @Setup
  public void prepare() throws UnknownHostException {
    address = InetAddress.getByName("93.184.215.14");
    guard = PublicTargetGuard.builder().resolver(host -> List.of(address)).build();
    urls = new PublicHttpsPolicy(guard, TargetRules.publicOnly());
  }

  @TearDown
  public void close() {
    guard.close();
  }

  @Benchmark
  public byte[] validatePayload() {
    return payloads.read(event, type);
  }

  @Benchmark
  public ValidUrl validateUrl() {
    return urls.validate("https://hooks.customer.example.com/in/17?source=shop");
  }

  @Benchmark
  public boolean checkAddress() {
    return PublicAddresses.isPublic(address);
  }

  @Benchmark
  public byte[] wrapInEnvelope() {
    return Envelope.wrap("evt_01jdkq5vdx7r9c3q4v3f0t2a6b", TYPE, now, payload);
  }
}
