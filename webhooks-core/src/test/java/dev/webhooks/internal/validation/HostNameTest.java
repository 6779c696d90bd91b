package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNameTest {
  @ParameterizedTest
  @CsvSource({
    "acme.example, acme.example",
    "a.b.acme.example, acme.example",
    "a.b.acme.co.uk, acme.co.uk",
    "acme.co.uk, acme.co.uk",
    "co.uk, co.uk",
    "a.acme.de, acme.de",
    "a.bmw.de, a.bmw.de",
    "localhost, localhost"
  })
  void a_zone_is_roughly_what_one_owner_registered(String name, String zone) {
    assertThat(HostName.zone(name)).isEqualTo(zone);
  }
}
