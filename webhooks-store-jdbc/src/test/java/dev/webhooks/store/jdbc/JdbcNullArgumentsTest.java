package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JdbcNullArgumentsTest {
  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("calls")
  void null_is_refused_by_name(String name, ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name);
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        call("dataSource", () -> JdbcWebhookStore.on(null)),
        call("file", () -> JdbcWebhookStore.embedded(null)),
        call("dataSource", () -> JdbcWebhookStore.builder(null)),
        call("database", () -> JdbcWebhookStore.ddl(null, "webhooks_")),
        call("tablePrefix", () -> JdbcWebhookStore.ddl("PostgreSQL", null)),
        call("database", () -> JdbcWebhookStore.ddl(null, "billing", "webhooks_")),
        call("schema", () -> JdbcWebhookStore.ddl("PostgreSQL", null, "webhooks_")),
        call("tablePrefix", () -> JdbcWebhookStore.ddl("PostgreSQL", "billing", null)),
        call("tablePrefix", () -> builder().tablePrefix(null)),
        call("schema", () -> builder().schema(null)),
        call("connectionTimeout", () -> builder().connectionTimeout(null)),
        call("statementTimeout", () -> builder().statementTimeout(null)),
        call("connection", () -> JdbcTransaction.on(null)));
  }

  private static Arguments call(String name, ThrowingCallable call) {
    return arguments(name, call);
  }

  private static JdbcWebhookStore.Builder builder() {
    return JdbcWebhookStore.builder(new JdbcDataSource());
  }
}
