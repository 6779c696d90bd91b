package dev.webhooks.internal.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Checks the names that hosts and their customers choose: of webhooks, accounts and the ids that
 * they bring along. Thread-safe; every refusal is a {@link WebhookException} with
 * {@link ErrorCode#INVALID_REQUEST} that names the field.
 */
public final class NamePolicy {
  /** The most characters (code points) that the name of a webhook has. */
  public static final int MAX_WEBHOOK_NAME_LENGTH = 256;

  private static final Pattern ACCOUNT = Pattern.compile("[!-~]{1,128}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private NamePolicy() {}

  /**
   * Checks the name of a webhook and returns it.
   *
   * @param name 1 to 256 characters (code points), not all blank, without control characters and
   *     halves of surrogate pairs
   */
  public static String webhookName(String name) {
    Objects.requireNonNull(name, "name");
    require(!name.isBlank(), "name must not be blank");
    require(
        name.codePointCount(0, name.length()) <= MAX_WEBHOOK_NAME_LENGTH,
        "name must have at most " + MAX_WEBHOOK_NAME_LENGTH + " characters");
    require(!SafeText.hasControls(name), "name must not have control characters");
    int half = SafeText.indexOfHalf(name);
    require(half < 0, "name must not have half a surrogate pair, as at character " + (half + 1));
    return name;
  }

  /**
   * Checks the id of an account and returns it.
   *
   * @param account 1 to 128 printable ASCII characters without spaces
   */
  public static String account(String account) {
    Objects.requireNonNull(account, "account");
    require(
        ACCOUNT.matcher(account).matches(),
        "account must be 1 to 128 printable ASCII characters without spaces");
    return account;
  }

  /**
   * Checks the id that a host gave to an event and returns it.
   *
   * @param id 1 to 64 characters from {@code A-Z a-z 0-9 _ -}
   */
  public static String eventId(String id) {
    return id(id);
  }

  /**
   * Checks the id that a webhook had before it is imported, and returns it.
   *
   * @param id 1 to 64 characters from {@code A-Z a-z 0-9 _ -}
   */
  public static String webhookId(String id) {
    return id(id);
  }

  /** Returns whether a webhook may have an id. */
  public static boolean isWebhookId(String id) {
    Objects.requireNonNull(id, "id");
    return ID.matcher(id).matches();
  }

  private static String id(String id) {
    Objects.requireNonNull(id, "id");
    require(ID.matcher(id).matches(), "id must be 1 to 64 characters from A-Z a-z 0-9 _ -");
    return id;
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new WebhookException(ErrorCode.INVALID_REQUEST, rule);
    }
  }
}
