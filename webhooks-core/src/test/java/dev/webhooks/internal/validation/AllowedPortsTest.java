package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedPortsTest {
  @Test
  void single_ports_and_ranges_are_allowed_to_their_ends() {
    AllowedPorts ports = AllowedPorts.of("443", "1024-2000");

    assertThat(List.of(443, 1024, 1500, 2000)).allMatch(ports::allows);
    assertThat(List.of(0, 1, 442, 444, 1023, 2001, 65535)).noneMatch(ports::allows);
    assertThat(ports).hasToString("443, 1024-2000");
  }

  @Test
  void every_port_is_allowed_by_default() {
    assertThat(List.of(1, 443, 65535)).allMatch(AllowedPorts.all()::allows);
    assertThat(List.of(-1, 0, 65536)).noneMatch(AllowedPorts.all()::allows);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "65536", "99999", "-1", "443-", "-443", "2-1", "1-65536", "0443", "x"})
  void bad_text_is_refused_and_quoted(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowedPorts.of("443", text))
        .withMessageContaining("\"" + text + "\"");
  }

  @Test
  void no_port_at_all_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(AllowedPorts::of);
  }
}
