package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.validation.UrlPolicy;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The edges of every block, in every notation of IPv4 and IPv6, against a second opinion: the
 * ranges that {@link PublicAddressesTest} writes out, compared as numbers.
 */
class AddressNotationsTest {
  private static final List<Span> IPV4 = spans(false);
  private static final List<Span> IPV6 = spans(true);
  private static final Span GLOBAL = Span.of("2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");

  /** The forms in which IPv6 embeds an IPv4 address that is judged in its place. */
  private static final Map<String, LongFunction<String>> JUDGED = Map.of(
      "mapped", v4 -> "::ffff:" + groups(v4),
      "NAT64", v4 -> "64:ff9b::" + groups(v4),
      "ISATAP", v4 -> "2a00:1:2:3:0:5efe:" + groups(v4),
      "ISATAP of a public address", v4 -> "2a00:1:2:3:200:5efe:" + groups(v4));

  /** The forms that are refused whatever they embed. */
  private static final Map<String, LongFunction<String>> REFUSED = Map.of(
      "compatible", v4 -> "::" + groups(v4),
      "translated", v4 -> "::ffff:0:" + groups(v4),
      "NAT64 for local use", v4 -> "64:ff9b:1::" + groups(v4),
      "NAT64 for local use, as RFC 6052 lays it out",
          v4 -> String.format(
              Locale.ROOT, "64:ff9b:1:%x:%x:%x::", v4 >> 16, v4 >> 8 & 0xff, (v4 & 0xff) << 8),
      "beside NAT64", v4 -> "64:ff9b::1:" + groups(v4),
      "6to4", v4 -> "2002:" + groups(v4) + "::1",
      "Teredo by its server", v4 -> "2001:0:" + groups(v4) + "::1",
      "Teredo by its client", v4 -> "2001:0:808:808:0:0:" + groups(v4 ^ 0xffffffffL),
      "unique local", v4 -> "fd00::" + groups(v4),
      "link-local ISATAP", v4 -> "fe80::5efe:" + groups(v4));

  private final List<String> wrong = new ArrayList<>();
  private final PublicTargetGuard guard = PublicTargetGuard.builder()
      .resolver(name -> {
        throw new AssertionError("looked up " + name);
      })
      .build();
  private final UrlPolicy policy = new PublicHttpsPolicy(guard, TargetRules.publicOnly());
  private int verdicts;

  @Test
  void every_edge_of_an_ipv4_block_gets_the_right_verdict_in_every_notation() throws Exception {
    for (long v4 : edges(IPV4, 32).stream().map(BigInteger::longValue).toList()) {
      boolean isPublic = isPublic(dotted(v4));
      verdict(dotted(v4), isPublic);
      JUDGED.forEach((form, text) -> verdict(text.apply(v4), isPublic));
      REFUSED.forEach((form, text) -> verdict(text.apply(v4), false));
      verdict("::ffff:" + dotted(v4), isPublic);
      verdict("64:ff9b::" + dotted(v4), isPublic);
      verdict("::" + dotted(v4), false);
    }

    assertThat(wrong).isEmpty();
    assertThat(verdicts).isGreaterThan(3_000);
    guard.close();
  }

  @Test
  void every_edge_of_an_ipv6_block_gets_the_right_verdict_in_every_notation() throws Exception {
    List<Span> all = new ArrayList<>(IPV6);
    all.add(GLOBAL);
    for (BigInteger v6 : edges(all, 128)) {
      String text = text(v6);
      verdict(text, isPublic(text));
    }

    assertThat(wrong).isEmpty();
    assertThat(verdicts).isGreaterThan(500);
    guard.close();
  }

  @Test
  void numbers_that_parsers_read_in_different_ways_are_refused_whatever_they_mean() {
    for (long v4 : edges(IPV4, 32).stream().map(BigInteger::longValue).toList()) {
      int[] octets = octets(v4);
      refused(joined(octets, "%#o"), octets);
      refused(joined(octets, "0x%x"), octets);
      refused(joined(octets, "%03d"), octets);
      refused(String.valueOf(v4), octets);
      refused(String.format(Locale.ROOT, "0x%08x", v4), octets);
      refused(String.format(Locale.ROOT, "0%o", v4), octets);
      refused(octets[0] + "." + (v4 & 0xffffff), octets);
      refused(octets[0] + "." + octets[1] + "." + (v4 & 0xffff), octets);
      refused(dotted(v4) + "..", octets);
      refused("[" + dotted(v4) + "]", octets);
      refused("[::ffff:" + groups(v4) + "%25eth0]", octets);
      refused("a@" + dotted(v4), octets);
    }

    assertThat(wrong).isEmpty();
    guard.close();
  }

  @Test
  void what_idna_maps_to_digits_and_dots_is_judged_as_the_address_it_becomes() {
    for (long v4 : edges(IPV4, 32).stream().map(BigInteger::longValue).toList()) {
      boolean isPublic = isPublic(dotted(v4));
      assertThat(accepted(wide(dotted(v4)))).as(dotted(v4)).isEqualTo(isPublic);
      assertThat(accepted(dotted(v4).replace('.', '\u3002'))).as(dotted(v4)).isEqualTo(isPublic);
      assertThat(accepted(dotted(v4) + ".")).as(dotted(v4)).isEqualTo(isPublic);
    }
    guard.close();
  }

  /**
   * Asks about an address as number, through the JDK's parser and in a URL, in several spellings.
   */
  private void verdict(String text, boolean expected) {
    String bare = IpText.format(IpText.parse(text));
    for (String spelling : spellings(bare)) {
      byte[] bytes = IpText.parse(spelling);
      judge(spelling, PublicAddresses.refusal(bytes).isEmpty(), expected);
      judge("JDK " + spelling, PublicAddresses.isPublic(jdk(spelling)), expected);
      boolean v6 = spelling.indexOf(':') >= 0;
      judge("URL " + spelling, accepted(v6 ? "[" + spelling + "]" : spelling), expected);
    }
  }

  private void judge(String question, boolean verdict, boolean expected) {
    verdicts++;
    if (verdict != expected) {
      wrong.add(question);
    }
  }

  private void refused(String host, int[] octets) {
    // Zero in octal, and a single number that is already four octets, look like anything else.
    if (accepted(host) && !host.equals(joined(octets, "%d"))) {
      wrong.add(host);
    }
  }

  private boolean accepted(String host) {
    try {
      policy.validate("https://" + host + "/");
      return true;
    } catch (dev.webhooks.model.WebhookException e) {
      return false;
    }
  }

  /** The second opinion. */
  private static boolean isPublic(String text) {
    BigInteger number = number(text);
    return text.indexOf(':') < 0
        ? IPV4.stream().noneMatch(span -> span.holds(number))
        : GLOBAL.holds(number) && IPV6.stream().noneMatch(span -> span.holds(number));
  }

  private static List<String> spellings(String text) {
    if (text.indexOf(':') < 0) {
      return List.of(text);
    }
    byte[] bytes = IpText.parse(text);
    String full = IntStream.range(0, 8)
        .mapToObj(i -> String.format(Locale.ROOT, "%02x%02x", bytes[2 * i], bytes[2 * i + 1]))
        .collect(Collectors.joining(":"));
    String tail = IntStream.range(12, 16)
        .mapToObj(i -> String.valueOf(bytes[i] & 0xff))
        .collect(Collectors.joining("."));
    return List.of(text, full, full.toUpperCase(Locale.ROOT), full.substring(0, 30) + tail);
  }

  private static InetAddress jdk(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(text, e);
    }
  }

  /** The first and last of each span, one before and one after. */
  private static Set<BigInteger> edges(List<Span> spans, int bits) {
    Set<BigInteger> edges = new LinkedHashSet<>();
    for (Span span : spans) {
      edges.add(span.first().subtract(BigInteger.ONE));
      edges.add(span.first());
      edges.add(span.last());
      edges.add(span.last().add(BigInteger.ONE));
    }
    edges.removeIf(edge -> edge.signum() < 0 || edge.bitLength() > bits);
    return edges;
  }

  private static List<Span> spans(boolean v6) {
    return PublicAddressesTest.BLOCKS.stream()
        .filter(block -> block.indexOf(':') >= 0 == v6)
        .map(Span::of)
        .toList();
  }

  private static BigInteger number(String text) {
    return new BigInteger(1, IpText.parse(text));
  }

  private static String text(BigInteger v6) {
    return String.format(Locale.ROOT, "%032x", v6).replaceAll("(.{4})(?!$)", "$1:");
  }

  private static int[] octets(long v4) {
    return new int[] {
      (int) (v4 >> 24), (int) (v4 >> 16 & 0xff), (int) (v4 >> 8 & 0xff), (int) (v4 & 0xff)
    };
  }

  private static String dotted(long v4) {
    return joined(octets(v4), "%d");
  }

  private static String joined(int[] octets, String format) {
    return IntStream.of(octets)
        .mapToObj(octet -> String.format(Locale.ROOT, format, octet))
        .collect(Collectors.joining("."));
  }

  private static String groups(long v4) {
    return String.format(Locale.ROOT, "%x:%x", v4 >> 16, v4 & 0xffff);
  }

  private static String wide(String digits) {
    return digits
        .chars()
        .map(c -> c == '.' ? c : c - '0' + '\uff10')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private record Span(BigInteger first, BigInteger last) {
    static Span of(String block) {
      int hyphen = block.indexOf('-');
      return new Span(number(block.substring(0, hyphen)), number(block.substring(hyphen + 1)));
    }

    boolean holds(BigInteger number) {
      return first.compareTo(number) <= 0 && number.compareTo(last) <= 0;
    }
  }
}
