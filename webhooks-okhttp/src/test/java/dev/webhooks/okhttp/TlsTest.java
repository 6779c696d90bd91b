package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections are made with verified endpoints only. */
class TlsTest extends Sending {
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int SERVER_NAME = 0;
  private static final int TLS_1_2 = 0x0303;
  private static final int TLS_1_3 = 0x0304;

  @Test
  void a_certificate_for_another_name_is_refused() throws Exception {
    assertRefused(certificate().addSubjectAlternativeName("elsewhere.test"));
  }

  @Test
  void an_expired_certificate_is_refused() throws Exception {
    long now = System.currentTimeMillis();
    assertRefused(certificate()
        .addSubjectAlternativeName(Certificates.NAME)
        .validityInterval(now - TimeUnit.DAYS.toMillis(2), now - TimeUnit.DAYS.toMillis(1)));
  }

  @Test
  void a_certificate_of_an_unknown_authority_is_refused() throws Exception {
    HeldCertificate selfSigned = new HeldCertificate.Builder()
        .addSubjectAlternativeName(Certificates.NAME)
        .build();
    assertRefused(
        new HandshakeCertificates.Builder().heldCertificate(selfSigned).build());
  }

  @Test
  void nothing_is_trusted_beside_the_authorities_of_the_jvm_unless_asked_for() throws Exception {
    try (MockWebServer server = Http2.server();
        OkHttpTransport standard = guarded(OkHttpTransport.builder())) {
      assertThat(standard.send(request(Http2.url(server)), LONG).error())
          .isEqualTo(DeliveryError.TLS);
    }
  }

  @Test
  void offers_tls_1_2_and_1_3_only_and_names_the_server() throws Exception {
    List<Map<Integer, byte[]>> hellos = new ArrayList<>();
    try (RawServer server = RawServer.plain(peer -> hellos.add(clientHello(peer)))) {
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.TLS);
    }

    Map<Integer, byte[]> extensions = hellos.get(0);
    assertThat(versions(extensions.get(SUPPORTED_VERSIONS)))
        .containsExactlyInAnyOrder(TLS_1_2, TLS_1_3);
    assertThat(new String(extensions.get(SERVER_NAME), StandardCharsets.US_ASCII))
        .endsWith(Certificates.NAME);
  }

  @ParameterizedTest
  @ValueSource(bytes = {0, 1, 2})
  void a_server_that_speaks_tls_1_1_at_most_is_a_tls_failure(byte minor) throws Exception {
    byte[] random = new byte[32];
    byte[] recordAndMessageHeader = {22, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor};
    byte[] noSessionCipherNoCompression = {0, (byte) 0xc0, 0x13, 0};
    byte[] serverHello =
        Frames.concat(Frames.concat(recordAndMessageHeader, random), noSessionCipherNoCompression);
    try (RawServer server = RawServer.plain(peer -> {
      clientHello(peer);
      peer.say(serverHello).waitForHangUp();
    })) {
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.TLS);
    }
  }

  @Test
  void a_server_that_wants_a_client_certificate_is_a_tls_failure_without_and_works_with_one()
      throws Exception {
    HeldCertificate client = certificate().commonName("client").build();
    HandshakeCertificates server = new HandshakeCertificates.Builder()
        .heldCertificate(
            certificate().addSubjectAlternativeName(Certificates.NAME).build(),
            Certificates.AUTHORITY.certificate())
        .addTrustedCertificate(Certificates.AUTHORITY.certificate())
        .build();
    HandshakeCertificates own = new HandshakeCertificates.Builder()
        .heldCertificate(client, Certificates.AUTHORITY.certificate())
        .addTrustedCertificate(Certificates.AUTHORITY.certificate())
        .build();
    try (MockWebServer demanding = new MockWebServer();
        OkHttpTransport equipped =
            guarded(OkHttpTransport.builder().tls(own.sslSocketFactory(), own.trustManager()))) {
      demanding.useHttps(server.sslSocketFactory());
      demanding.requireClientAuth();
      demanding.start(InetAddress.getLoopbackAddress(), 0);
      demanding.enqueue(new MockResponse.Builder().build());

      assertThat(send(Http2.url(demanding)).error()).isIn(DeliveryError.TLS, DeliveryError.RESET);
      TransportResult result = equipped.send(request(Http2.url(demanding)), LONG);
      assertThat(result.status()).isEqualTo(200);
    }
  }

  @Test
  void one_cannot_both_add_authorities_and_replace_them() {
    HandshakeCertificates own = Certificates.SERVER;
    assertThatThrownBy(
            () -> builder().tls(own.sslSocketFactory(), own.trustManager()).build())
        .isInstanceOf(IllegalStateException.class);
  }

  private static HeldCertificate.Builder certificate() {
    return new HeldCertificate.Builder().signedBy(Certificates.AUTHORITY);
  }

  private void assertRefused(HeldCertificate.Builder certificate) throws IOException {
    assertRefused(Certificates.shownBy(certificate.build()));
  }

  private void assertRefused(HandshakeCertificates shown) throws IOException {
    try (MockWebServer server = new MockWebServer()) {
      server.useHttps(shown.sslSocketFactory());
      server.start(InetAddress.getLoopbackAddress(), 0);
      server.enqueue(new MockResponse.Builder().build());

      assertThat(send(Http2.url(server)).error()).isEqualTo(DeliveryError.TLS);
      assertThat(server.getRequestCount()).isZero();
    }
  }

  /** Reads the first message of a handshake and returns its extensions. */
  private static Map<Integer, byte[]> clientHello(RawServer.Peer peer) throws IOException {
    DataInputStream in = new DataInputStream(peer.socket.getInputStream());
    in.skipNBytes(5 + 4 + 2 + 32); // Record and message header, version, random.
    in.skipNBytes(in.readUnsignedByte()); // Session.
    in.skipNBytes(in.readUnsignedShort()); // Cipher suites.
    in.skipNBytes(in.readUnsignedByte()); // Compression.
    Map<Integer, byte[]> extensions = new HashMap<>();
    int rest = in.readUnsignedShort();
    while (rest > 0) {
      int type = in.readUnsignedShort();
      byte[] extension = new byte[in.readUnsignedShort()];
      in.readFully(extension);
      extensions.put(type, extension);
      rest -= 4 + extension.length;
    }
    return extensions;
  }

  private static List<Integer> versions(byte[] extension) {
    List<Integer> versions = new ArrayList<>();
    for (int i = 1; i < extension.length; i += 2) {
      versions.add(((extension[i] & 0xff) << 8) | (extension[i + 1] & 0xff));
    }
    return versions;
  }
}
