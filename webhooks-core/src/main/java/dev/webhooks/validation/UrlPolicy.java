package dev.webhooks.validation;

import dev.webhooks.spi.transport.TargetGuard;
import java.util.Objects;

/** Decides which URLs webhooks may have. Implementations are thread-safe. */
@FunctionalInterface
public interface UrlPolicy {
  /** The most characters that a URL has, as given and in canonical form. */
  int MAX_LENGTH = 2048;

  /**
   * Checks a URL and returns its canonical form. May block while the host is looked up.
   *
   * @param url any text
   * @throws dev.webhooks.model.WebhookException with {@code INVALID_URL} and the rule that is
   *     broken
   */
  ValidUrl validate(String url);

  /**
   * Returns the rule of the library: {@code https} only, at most {@value #MAX_LENGTH} characters, a
   * public host that resolves to public addresses only, no user info, no fragment, port 1 to 65535,
   * and nothing that two parsers could read in two ways.
   *
   * <p>The canonical form has scheme and host in lower case, the host in ASCII, no default port and
   * at least {@code /} for a path. Segments of one or two dots in the path are resolved as RFC 3986
   * (5.2.4) says, escaped dots too. Path and query stay as they are otherwise, but for apostrophes
   * in the query, which become {@code %27}. An IPv4-mapped address is the IPv4 address it means. It
   * is what clients send as it is.
   *
   * <p>A label of the host that begins with {@code xn--} must decode (RFC 3492) to characters that
   * a name may have: clients decode it too, and could never send to one that does not.
   *
   * @param guard looks hosts up and refuses addresses
   * @param allowed hosts and addresses that may be used although they are not public; the same that
   *     the guard knows
   */
  static UrlPolicy publicHttps(TargetGuard guard, AllowedTargets allowed) {
    return publicHttps(guard, allowed, AllowedPorts.all());
  }

  /**
   * Returns the rule of the library, with fewer ports.
   *
   * @param guard looks hosts up and refuses addresses
   * @param allowed hosts and addresses that may be used although they are not public; the same that
   *     the guard knows
   * @param ports the ports that may be used; the same that the guard knows
   */
  static UrlPolicy publicHttps(TargetGuard guard, AllowedTargets allowed, AllowedPorts ports) {
    Objects.requireNonNull(guard, "guard");
    Objects.requireNonNull(allowed, "allowed");
    Objects.requireNonNull(ports, "ports");
    return new PublicHttpsPolicy(guard, allowed, ports);
  }
}
