package dev.webhooks.internal.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Secret;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.SecretPolicy;
import java.util.Base64;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Wants secrets long enough to sign with, and of a form that every receiver reads alike. */
public final class StandardSecretPolicy implements SecretPolicy {
  private static final String ENCODED_PREFIX = "whsec_";
  private static final int MIN_LENGTH = 16;
  private static final int MAX_LENGTH = 256;
  private static final int MIN_BYTES = 24;
  private static final int MAX_BYTES = 64;
  private static final int GENERATED_BYTES = 32;

  @Override
  public Secret validate(Secret secret) {
    Objects.requireNonNull(secret, "secret");
    String text = secret.reveal();
    int length = text.codePointCount(0, text.length());
    if (length < MIN_LENGTH) {
      throw tooShort("secret must have at least " + MIN_LENGTH + " characters");
    }
    SecretForm.mistake(text).ifPresent(mistake -> {
      throw invalid("secret " + mistake);
    });
    if (length > MAX_LENGTH) {
      throw invalid("secret must have at most " + MAX_LENGTH + " characters");
    }
    if (SafeText.hasControls(text)) {
      throw invalid("secret must not have control characters");
    }
    if (text.startsWith(ENCODED_PREFIX)) {
      checkBytes(decode(text.substring(ENCODED_PREFIX.length())).length);
    }
    return secret;
  }

  @Override
  public Secret generate(RandomGenerator random) {
    Objects.requireNonNull(random, "random");
    byte[] bytes = new byte[GENERATED_BYTES];
    random.nextBytes(bytes);
    return Secret.of(ENCODED_PREFIX + Base64.getEncoder().encodeToString(bytes));
  }

  private static void checkBytes(int length) {
    if (length < MIN_BYTES) {
      throw tooShort(
          "secret must have at least " + MIN_BYTES + " bytes in base64 after " + ENCODED_PREFIX);
    }
    if (length > MAX_BYTES) {
      throw invalid(
          "secret must have at most " + MAX_BYTES + " bytes in base64 after " + ENCODED_PREFIX);
    }
  }

  /** Takes the one text that encodes the bytes: some receivers read no other. */
  private static byte[] decode(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Refused below, without the cause: its message quotes a part of the secret.
    }
    throw invalid("secret must be padded base64 after " + ENCODED_PREFIX);
  }

  private static WebhookException tooShort(String message) {
    return new WebhookException(ErrorCode.SECRET_TOO_SHORT, message);
  }

  private static WebhookException invalid(String message) {
    return new WebhookException(ErrorCode.INVALID_REQUEST, message);
  }
}
