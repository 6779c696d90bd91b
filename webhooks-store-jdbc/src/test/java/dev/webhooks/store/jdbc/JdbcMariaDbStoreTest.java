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

/** MariaDB keeps the contract of all stores. */
class JdbcMariaDbStoreTest extends WebhookStoreContract {
  @Nested
  class Transactions extends TransactionContract {
    Transactions() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Registry extends RegistryContract {
    Registry() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class WebhookLists extends WebhookListContract {
    WebhookLists() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Subscriptions extends SubscriptionContract {
    Subscriptions() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Publishing extends PublishContract {
    Publishing() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Queue extends QueueContract {
    Queue() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Finishing extends FinishContract {
    Finishing() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class EndingUnsendable extends EndUnsendableContract {
    EndingUnsendable() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Concurrency extends ConcurrencyContract {
    Concurrency() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Log extends LogContract {
    Log() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Retrying extends RetryContract {
    Retrying() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class SendingNow extends SendNowContract {
    SendingNow() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Statistics extends StatisticsContract {
    Statistics() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Instances extends InstanceContract {
    Instances() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Health extends HealthContract {
    Health() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Tests extends TestDeliveryContract {
    Tests() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class TimeEdges extends TimeEdgesContract {
    TimeEdges() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Kit extends KitContract {
    Kit() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Cursors extends CursorContract {
    Cursors() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class TraceContexts extends TraceContextContract {
    TraceContexts() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Retaining extends RetentionContract {
    Retaining() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Purging extends PurgeContract {
    Purging() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Erasing extends ErasureContract {
    Erasing() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Idempotency extends IdempotencyContract {
    Idempotency() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class EncryptedRows extends EncryptedRowsContract {
    EncryptedRows() {
      super(JdbcFixture::mariaDb);
    }
  }

  @Nested
  class Repeating extends RepetitionContract {
    Repeating() {
      super(JdbcFixture::mariaDb);
    }
  }
}
