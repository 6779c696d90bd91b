package dev.webhooks.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The contract of every {@link dev.webhooks.spi.store.WebhookStore}.
 *
 * <p>The test of a store extends this class and has one nested class for each part, so that reports
 * name the store:
 *
 * <pre>{@code
 * class MyStoreTest extends WebhookStoreContract {
 *   @Nested
 *   class Registry extends RegistryContract {
 *     Registry() {
 *       super(MyFixture::new);
 *     }
 *   }
 *   …
 * }
 * }</pre>
 */
public abstract class WebhookStoreContract {
  private static final List<Class<?>> PARTS = List.of(
      TransactionContract.class,
      AmbientContract.class,
      RegistryContract.class,
      WebhookListContract.class,
      CursorContract.class,
      SubscriptionContract.class,
      PublishContract.class,
      QueueContract.class,
      FinishContract.class,
      EndUnsendableContract.class,
      HealthContract.class,
      ConcurrencyContract.class,
      LogContract.class,
      RetryContract.class,
      SendNowContract.class,
      TestDeliveryContract.class,
      TimeEdgesContract.class,
      TraceContextContract.class,
      RetentionContract.class,
      PurgeContract.class,
      ErasureContract.class,
      StatisticsContract.class,
      InstanceContract.class,
      IdempotencyContract.class,
      RepetitionContract.class,
      EncryptedRowsContract.class,
      KitContract.class);

  @Test
  void no_part_of_the_contract_is_left_out() {
    List<Class<?>> run = Arrays.stream(getClass().getDeclaredClasses())
        .filter(part -> part.isAnnotationPresent(Nested.class))
        .<Class<?>>map(Class::getSuperclass)
        .collect(Collectors.toList());

    assertThat(run).containsAll(PARTS);
  }
}
