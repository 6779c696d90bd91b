package dev.webhooks.store.memory;

import dev.webhooks.testing.ConcurrencyContract;
import dev.webhooks.testing.CursorContract;
import dev.webhooks.testing.EncryptedRowsContract;
import dev.webhooks.testing.EndUnsendableContract;
import dev.webhooks.testing.ErasureContract;
import dev.webhooks.testing.FinishContract;
import dev.webhooks.testing.HealthContract;
import dev.webhooks.testing.IdempotencyContract;
import dev.webhooks.testing.InstanceContract;
import dev.webhooks.testing.KitContract;
import dev.webhooks.testing.LogContract;
import dev.webhooks.testing.PublishContract;
import dev.webhooks.testing.PurgeContract;
import dev.webhooks.testing.QueueContract;
import dev.webhooks.testing.RegistryContract;
import dev.webhooks.testing.RepetitionContract;
import dev.webhooks.testing.RetentionContract;
import dev.webhooks.testing.RetryContract;
import dev.webhooks.testing.SendNowContract;
import dev.webhooks.testing.StatisticsContract;
import dev.webhooks.testing.SubscriptionContract;
import dev.webhooks.testing.TestDeliveryContract;
import dev.webhooks.testing.TimeEdgesContract;
import dev.webhooks.testing.TraceContextContract;
import dev.webhooks.testing.TransactionContract;
import dev.webhooks.testing.WebhookListContract;
import dev.webhooks.testing.WebhookStoreContract;
import org.junit.jupiter.api.Nested;

/** The in-memory store keeps the contract of all stores. */
class InMemoryWebhookStoreTest extends WebhookStoreContract {
  @Nested
  class Transactions extends TransactionContract {
    Transactions() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Registry extends RegistryContract {
    Registry() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class WebhookLists extends WebhookListContract {
    WebhookLists() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Subscriptions extends SubscriptionContract {
    Subscriptions() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Publishing extends PublishContract {
    Publishing() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Queue extends QueueContract {
    Queue() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Finishing extends FinishContract {
    Finishing() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class EndingUnsendable extends EndUnsendableContract {
    EndingUnsendable() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Health extends HealthContract {
    Health() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Concurrency extends ConcurrencyContract {
    Concurrency() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Log extends LogContract {
    Log() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Retrying extends RetryContract {
    Retrying() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class SendingNow extends SendNowContract {
    SendingNow() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Tests extends TestDeliveryContract {
    Tests() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class TimeEdges extends TimeEdgesContract {
    TimeEdges() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Kit extends KitContract {
    Kit() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Cursors extends CursorContract {
    Cursors() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class TraceContexts extends TraceContextContract {
    TraceContexts() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Retaining extends RetentionContract {
    Retaining() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Purging extends PurgeContract {
    Purging() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Erasing extends ErasureContract {
    Erasing() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Statistics extends StatisticsContract {
    Statistics() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Instances extends InstanceContract {
    Instances() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Idempotency extends IdempotencyContract {
    Idempotency() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class EncryptedRows extends EncryptedRowsContract {
    EncryptedRows() {
      super(InMemoryFixture::new);
    }
  }

  @Nested
  class Repeating extends RepetitionContract {
    Repeating() {
      super(InMemoryFixture::new);
    }
  }
}
