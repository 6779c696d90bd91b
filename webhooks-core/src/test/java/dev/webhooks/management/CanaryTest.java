package dev.webhooks.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.testing.canary.Canaries;
import dev.webhooks.testing.canary.CanaryProcess;
import dev.webhooks.testing.canary.CanaryRound;
import dev.webhooks.testing.canary.CanaryRound.Operation;
import dev.webhooks.testing.canary.Sightings;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That what customers and hosts keep secret is in no answer, log line, exception or text of a
 * value, whatever is asked and whatever goes wrong.
 */
class CanaryTest {
  /** Views of an account, through which every operation is called. */
  private static final Set<String> VIEWS = Set.of("in", "withIdempotencyKey");

  private final Sightings sightings = new Sightings();

  @AutoClose
  private final CanaryWorld world = new CanaryWorld(sightings);

  private final CanaryRound round = new CanaryRound(world, new Canaries(), sightings);

  @Test
  void every_operation_takes_part() {
    Set<String> methods = Stream.of(AccountWebhooks.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(Method::getName)
        .filter(name -> !VIEWS.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
    Set<String> routes = ManagementApi.on(world.webhooks(), token -> null).routes().stream()
        .map(route -> route.method() + " " + route.template())
        .collect(Collectors.toCollection(TreeSet::new));

    assertThat(round.operations())
        .extracting(Operation::method)
        .filteredOn(Objects::nonNull)
        .as("a public method of AccountWebhooks needs a line in CanaryRound.operations()")
        .hasSameElementsAs(methods);
    assertThat(round.operations())
        .extracting(Operation::route)
        .filteredOn(Objects::nonNull)
        .as("a route of ManagementApi needs a line in CanaryRound.operations()")
        .hasSameElementsAs(routes);
  }

  @Test
  void secrets_are_in_no_answer_exception_text_or_log_line(@TempDir Path directory)
      throws Exception {
    CanaryProcess process = CanaryProcess.run(CanaryWorld.class, directory);

    assertThat(process.controlsFound()).as("what is logged at TRACE is seen").isEqualTo(3);
    assertThat(process.output())
        .contains("the transport failed on delivery")
        .contains("cannot be signed")
        .contains("cannot be encrypted anew")
        .contains("the delivery listener failed")
        .contains("the database does not answer")
        .contains("A management request failed unexpectedly");
    assertThat(process.problems()).isEmpty();
    assertThat(process.leaks()).isEmpty();
  }
}
