package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NullArgumentsTest {
  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("calls")
  void null_is_refused_by_name(String name, ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name);
  }

  static Stream<Arguments> calls() {
    SSLSocketFactory sockets = (SSLSocketFactory) SSLSocketFactory.getDefault();
    return Stream.of(
        call("certificates", () -> builder().trust((X509Certificate[]) null)),
        call("certificates", () -> builder().trust((X509Certificate) null)),
        call("sockets", () -> builder().tls(null, null)),
        call("manager", () -> builder().tls(sockets, null)));
  }

  private static Arguments call(String name, ThrowingCallable call) {
    return arguments(name, call);
  }

  private static OkHttpTransport.Builder builder() {
    return OkHttpTransport.builder();
  }
}
