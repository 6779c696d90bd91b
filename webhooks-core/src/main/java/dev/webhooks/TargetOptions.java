package dev.webhooks;

import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.validation.AllowedPorts;
import dev.webhooks.validation.AllowedTargets;
import dev.webhooks.validation.PublicTargetGuard;
import dev.webhooks.validation.RefusedTargets;
import dev.webhooks.validation.UrlPolicy;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The builder's options about where requests may go. Not thread-safe. */
final class TargetOptions {
  List<String> allowed = List.of();
  List<String> refused = List.of();
  boolean refusingOwnAddresses;

  @Nullable
  List<String> ports;

  /** Returns what a host gave; null is refused by its name. */
  static List<String> given(String[] texts, String name) {
    Objects.requireNonNull(texts, name);
    for (String text : texts) {
      Objects.requireNonNull(text, name);
    }
    return List.of(texts);
  }

  /** Reads what was set, and adds what is wrong with it to the problems. */
  Targets read(List<String> problems) {
    RefusedTargets named = read(RefusedTargets::of, refused, RefusedTargets.none(), problems);
    return new Targets(
        read(AllowedTargets::of, allowed, AllowedTargets.none(), problems),
        refusingOwnAddresses ? named.andOwnAddresses() : named,
        ports == null
            ? AllowedPorts.all()
            : read(AllowedPorts::of, ports, AllowedPorts.all(), problems));
  }

  private static <T> T read(
      Function<String[], T> reader, List<String> texts, T unless, List<String> problems) {
    try {
      return reader.apply(texts.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return unless;
    }
  }

  /** Where requests may go. */
  record Targets(AllowedTargets allowed, RefusedTargets refused, AllowedPorts ports) {
    PublicTargetGuard guard(NameResolver resolver) {
      return PublicTargetGuard.builder()
          .resolver(resolver)
          .allowed(allowed)
          .refused(refused)
          .ports(ports)
          .build();
    }

    UrlPolicy urlPolicy(PublicTargetGuard guard) {
      return UrlPolicy.publicHttps(guard, allowed, ports);
    }
  }
}
