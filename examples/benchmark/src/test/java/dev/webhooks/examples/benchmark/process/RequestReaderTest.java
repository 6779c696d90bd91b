package dev.webhooks.examples.benchmark.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.examples.benchmark.peers.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_000, 100_000})
  void requests_are_read_however_the_network_cuts_them(int piece) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(
        post("/ok/3/17", "webhook-signature: v1,abc\r\nX-Webhook-Signature: t=1,v1=ab\r\n", 5));
    bytes.write(post("/hang/4/18", "", 6));
    RequestReader reader = new RequestReader(inPieces(bytes.toByteArray(), piece));
    assertThat(reader.next()).isEqualTo(new Request("ok", 3, 17, true, 5, 99));
    assertThat(reader.next()).isEqualTo(new Request("hang", 4, 18, false, 6, 99));
    assertThat(reader.next()).isNull();
  }

  private static byte[] post(String path, String headers, long number) throws IOException {
    byte[] body = Payload.of(number, 99);
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers
            + "Content-Length: " + body.length + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII));
    request.write(body);
    return request.toByteArray();
  }

  private static InputStream inPieces(byte[] bytes, int most) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, most));
      }
    };
  }
}
