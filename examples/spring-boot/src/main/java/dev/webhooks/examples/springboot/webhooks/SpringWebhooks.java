package dev.webhooks.examples.springboot.webhooks;

import static org.springframework.transaction.support.TransactionSynchronizationManager.getSynchronizations;
import static org.springframework.transaction.support.TransactionSynchronizationManager.isActualTransactionActive;
import static org.springframework.transaction.support.TransactionSynchronizationManager.registerSynchronization;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.store.jdbc.JdbcTransaction;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.util.Assert;

/**
 * Lets code inside {@code @Transactional} publish in the transaction that it runs in.
 *
 * @param webhooks what sends
 * @param dataSource the data source of the transactions
 */
@Component
public record SpringWebhooks(Webhooks webhooks, DataSource dataSource) {
  /**
   * Returns what an account can do in the present transaction: it takes effect if that commits.
   *
   * @param account the customer's account
   * @throws IllegalStateException if no transaction of the data source is active on this thread
   */
  public AccountWebhooks account(String account) {
    Assert.state(isActualTransactionActive(), "no transaction: publish inside @Transactional");
    // One for each transaction; Spring puts it aside while another one is open on this thread.
    for (TransactionSynchronization known : getSynchronizations()) {
      if (known instanceof Joined joined) {
        return webhooks.account(account).in(joined.transaction());
      }
    }
    // The connection stays the transaction manager's, which gives it back at the end.
    Joined joined = new Joined(JdbcTransaction.on(DataSourceUtils.getConnection(dataSource)));
    registerSynchronization(joined);
    return webhooks.account(account).in(joined.transaction());
  }

  /** Has deliveries sent as soon as the transaction has committed. */
  private record Joined(JdbcTransaction transaction) implements TransactionSynchronization {
    @Override
    public void afterCommit() {
      transaction.committed();
    }
  }
}
