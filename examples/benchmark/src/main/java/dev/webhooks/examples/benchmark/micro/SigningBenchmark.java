package dev.webhooks.examples.benchmark.micro;

import dev.webhooks.model.Secret;
import dev.webhooks.signing.SignatureScheme;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Signing 1 KB with each scheme, beside the bare HMAC of the JDK with a key that is ready. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SigningBenchmark {
  private static final String EVENT = "evt_01jdkq5vdx7r9c3q4v3f0t2a6b";

  private final List<Secret> secrets =
      List.of(Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="));
  private final SignatureScheme timestamped = SignatureScheme.timestamped();
  private final SignatureScheme standardWebhooks = SignatureScheme.standardWebhooks();
  private final SignatureScheme bodyOnly = SignatureScheme.bodyOnly();
  private final Instant now = Instant.ofEpochSecond(1_764_000_000);
  private final byte[] body = new byte[1_024];
  private Mac mac;

  @Setup
  public void prepare() throws GeneralSecurityException {
    Arrays.fill(body, (byte) 'x');
    mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
  }

  @Benchmark
  public byte[] mac() {
    return mac.doFinal(body);
  }

  @Benchmark
  public Map<String, String> signTimestamped() {
    return timestamped.sign(EVENT, now, body, secrets);
  }

  @Benchmark
  public Map<String, String> signStandardWebhooks() {
    return standardWebhooks.sign(EVENT, now, body, secrets);
  }

  @Benchmark
  public Map<String, String> signBodyOnly() {
    return bodyOnly.sign(EVENT, now, body, secrets);
  }
}
