package dev.webhooks.okhttp;

import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** An authority of the tests' own, and what a server shows that it signed. */
final class Certificates {
  static final String NAME = "hooks.test";
  static final HeldCertificate AUTHORITY = new HeldCertificate.Builder()
      .certificateAuthority(1)
      .commonName("Test authority")
      .build();
  static final HandshakeCertificates SERVER = shownBy(new HeldCertificate.Builder()
      .signedBy(AUTHORITY)
      .commonName("server")
      .addSubjectAlternativeName(NAME)
      .addSubjectAlternativeName("other.test")
      .addSubjectAlternativeName("localhost")
      .addSubjectAlternativeName("127.0.0.1")
      .build());

  private Certificates() {}

  static HandshakeCertificates shownBy(HeldCertificate certificate) {
    return new HandshakeCertificates.Builder()
        .heldCertificate(certificate, AUTHORITY.certificate())
        .build();
  }
}
