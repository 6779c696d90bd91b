package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that a rule refuses, with which code. */
final class Refusals {
  private Refusals() {}

  static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ErrorCode code, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            WebhookException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
