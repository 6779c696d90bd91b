package dev.webhooks.idempotency;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import java.util.Objects;

/**
 * A caller's key, unique within its account.
 *
 * @param account the account
 * @param key 1 to 255 printable ASCII characters
 */
public record IdempotencyKey(String account, String key) {
  private static final int MAX_LENGTH = 255;

  /**
   * Checks the key.
   *
   * @throws WebhookException with {@link ErrorCode#INVALID_REQUEST} if it is empty, too long or has
   *     other characters
   */
  public IdempotencyKey {
    Objects.requireNonNull(account, "account");
    if (key.isEmpty()
        || key.length() > MAX_LENGTH
        || !key.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      throw new WebhookException(
          ErrorCode.INVALID_REQUEST,
          "the idempotency key must be 1 to 255 printable ASCII characters");
    }
  }
}
