package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.spi.store.StoreSession.WebhookPlace;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the cursors of lists. A cursor holds the place of a page's last entry, which
 * that entry shows anyway, and a seal by which it belongs to one list with its filters. The seal
 * finds mistakes; it is no secret.
 */
final class Cursors {
  private static final int ID_BYTES = 16;
  private static final int PLACE_BYTES = Long.BYTES + Integer.BYTES + ID_BYTES;
  private static final int SEAL_BYTES = 12;

  private Cursors() {}

  /** Returns the cursor behind a webhook. */
  static String write(String account, WebhookQuery query, WebhookPlace place) {
    Instant createdAt = place.createdAt();
    byte[] key = ByteBuffer.allocate(PLACE_BYTES)
        .putLong(createdAt.getEpochSecond())
        .putInt(createdAt.getNano())
        .putLong(place.id().getMostSignificantBits())
        .putLong(place.id().getLeastSignificantBits())
        .array();
    return write(list(account, query), key);
  }

  /**
   * Reads the place of a query's cursor.
   *
   * @throws WebhookException with {@code INVALID_REQUEST} if it was not written for this list
   */
  static @Nullable WebhookPlace read(String account, WebhookQuery query) {
    String cursor = query.after();
    if (cursor == null) {
      return null;
    }
    ByteBuffer key = read(list(account, query), cursor, PLACE_BYTES);
    Instant createdAt = Instant.ofEpochSecond(key.getLong(), key.getInt());
    return new WebhookPlace(createdAt, getId(key));
  }

  private static Fingerprint.Builder list(String account, WebhookQuery query) {
    return Fingerprint.of("webhooks").add(account).add(name(query.status())).add(query.event());
  }

  /** Returns the cursor behind a delivery. */
  static String write(String account, UUID webhook, DeliveryQuery query, UUID delivery) {
    byte[] key = ByteBuffer.allocate(ID_BYTES)
        .putLong(delivery.getMostSignificantBits())
        .putLong(delivery.getLeastSignificantBits())
        .array();
    return write(list(account, webhook, query), key);
  }

  /**
   * Reads the delivery of a query's cursor.
   *
   * @throws WebhookException with {@code INVALID_REQUEST} if it was not written for this list
   */
  static @Nullable UUID read(String account, UUID webhook, DeliveryQuery query) {
    String cursor = query.after();
    return cursor == null ? null : getId(read(list(account, webhook, query), cursor, ID_BYTES));
  }

  private static Fingerprint.Builder list(String account, UUID webhook, DeliveryQuery query) {
    Instant from = query.from();
    Instant to = query.to();
    return Fingerprint.of("deliveries")
        .add(account)
        .add(webhook.toString())
        .add(name(query.status()))
        .add(query.event())
        .add(from == null ? null : from.toString())
        .add(to == null ? null : to.toString());
  }

  private static @Nullable String name(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name();
  }

  private static UUID getId(ByteBuffer key) {
    return new UUID(key.getLong(), key.getLong());
  }

  private static String write(Fingerprint.Builder list, byte[] place) {
    byte[] cursor = Arrays.copyOf(place, place.length + SEAL_BYTES);
    System.arraycopy(seal(list, place), 0, cursor, place.length, SEAL_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
  }

  private static ByteBuffer read(Fingerprint.Builder list, String cursor, int length) {
    byte[] bytes = decode(cursor);
    if (bytes.length == length + SEAL_BYTES) {
      byte[] place = Arrays.copyOf(bytes, length);
      byte[] seal = Arrays.copyOfRange(bytes, length, bytes.length);
      if (MessageDigest.isEqual(seal, seal(list, place))) {
        return ByteBuffer.wrap(place);
      }
    }
    throw new WebhookException(
        ErrorCode.INVALID_REQUEST,
        "after must be what a page of this list, with the same filters, gave as next");
  }

  /** Returns nothing for a text that no cursor is written as. */
  private static byte[] decode(String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      boolean canonical =
          Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(cursor);
      return canonical ? bytes : new byte[0];
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static byte[] seal(Fingerprint.Builder list, byte[] place) {
    return Arrays.copyOf(list.add(place).build().bytes(), SEAL_BYTES);
  }
}
