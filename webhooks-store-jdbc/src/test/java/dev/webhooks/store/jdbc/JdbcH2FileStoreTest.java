package dev.webhooks.store.jdbc;

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

/** H2 in a file keeps the contract of all stores. */
class JdbcH2FileStoreTest extends WebhookStoreContract {
  @Nested
  class Transactions extends TransactionContract {
    Transactions() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Registry extends RegistryContract {
    Registry() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class WebhookLists extends WebhookListContract {
    WebhookLists() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Subscriptions extends SubscriptionContract {
    Subscriptions() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Publishing extends PublishContract {
    Publishing() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Queue extends QueueContract {
    Queue() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Finishing extends FinishContract {
    Finishing() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class EndingUnsendable extends EndUnsendableContract {
    EndingUnsendable() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Health extends HealthContract {
    Health() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Concurrency extends ConcurrencyContract {
    Concurrency() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Log extends LogContract {
    Log() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Retrying extends RetryContract {
    Retrying() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class SendingNow extends SendNowContract {
    SendingNow() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Tests extends TestDeliveryContract {
    Tests() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class TimeEdges extends TimeEdgesContract {
    TimeEdges() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Kit extends KitContract {
    Kit() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Cursors extends CursorContract {
    Cursors() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class TraceContexts extends TraceContextContract {
    TraceContexts() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Retaining extends RetentionContract {
    Retaining() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Purging extends PurgeContract {
    Purging() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Erasing extends ErasureContract {
    Erasing() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Statistics extends StatisticsContract {
    Statistics() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Instances extends InstanceContract {
    Instances() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Idempotency extends IdempotencyContract {
    Idempotency() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class EncryptedRows extends EncryptedRowsContract {
    EncryptedRows() {
      super(JdbcFixture::h2File);
    }
  }

  @Nested
  class Repeating extends RepetitionContract {
    Repeating() {
      super(JdbcFixture::h2File);
    }
  }
}
