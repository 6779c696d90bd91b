package dev.webhooks.delivery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several callers whose events are published in one transaction. */
class PublishTogetherTest {
  private static final int LEADERS = 2;
  private static final String ACME_URL = "https://hooks.acme.example/in";
  private static final String GLOBEX_URL = "https://hooks.globex.example/in";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final SlowStore slow = new SlowStore();
  private final TestWebhooks kit = TestWebhooks.on(slow.proxy(), EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");
  private final AccountWebhooks globex = kit.account("globex");
  private final TestReceiver acmes = kit.receiver(ACME_URL);
  private final TestReceiver globexs = kit.receiver(GLOBEX_URL);
  private final List<Call> made = new ArrayList<>();

  PublishTogetherTest() {
    acme.create(WebhookDraft.to(ACME_URL).events("order.*"));
    globex.create(WebhookDraft.to(GLOBEX_URL).events("*"));
    slow.transactions.set(0);
  }

  @AfterEach
  void close() {
    endAll();
    kit.close();
  }

  /** A store in whose own transactions callers are kept while they are held up. */
  private final class SlowStore {
    final Semaphore entered = new Semaphore(0);
    final Map<Thread, Semaphore> gates = new ConcurrentHashMap<>();
    final AtomicInteger transactions = new AtomicInteger();
    volatile boolean heldUp;
    volatile int losesAnswerOf = -1;

    WebhookStore proxy() {
      return (WebhookStore) Proxy.newProxyInstance(
          getClass().getClassLoader(),
          new Class<?>[] {WebhookStore.class},
          (proxy, method, arguments) -> method.getName().equals("transact")
              ? transact(method, arguments)
              : call(method, arguments));
    }

    private Object transact(Method method, Object[] arguments) throws Throwable {
      int number = transactions.incrementAndGet();
      Semaphore gate = gate(Thread.currentThread());
      if (heldUp) {
        entered.release();
        gate.acquireUninterruptibly();
      }
      Object result = call(method, arguments);
      if (number == losesAnswerOf) {
        throw new StoreUnavailableException("cut", true, null);
      }
      return result;
    }

    Semaphore gate(Thread caller) {
      return gates.computeIfAbsent(caller, thread -> new Semaphore(0));
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
      try {
        return method.invoke(store, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  /** A publish by a thread of its own. */
  private static final class Call {
    private final FutureTask<PublishResult> task;
    private final Thread thread;

    Call(AccountWebhooks account, Event event) {
      task = new FutureTask<>(() -> account.publish(event));
      thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
    }

    PublishResult result() throws Exception {
      return task.get(Patience.SECONDS, SECONDS);
    }

    WebhookException failure() throws Exception {
      try {
        throw new AssertionError("was published: " + result());
      } catch (ExecutionException e) {
        assertThat(e.getCause()).isInstanceOf(WebhookException.class);
        return (WebhookException) e.getCause();
      }
    }
  }

  private static Event paid(String id, int number) {
    return Event.of("order.paid", Map.of("orderId", number)).withId(id);
  }

  private Call call(AccountWebhooks account, Event event) {
    Call call = new Call(account, event);
    made.add(call);
    return call;
  }

  private Call queued(AccountWebhooks account, Event event) {
    Call call = call(account, event);
    while (call.thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return call;
  }

  /** Keeps as many callers in transactions as lead at once, so that the next ones queue up. */
  private List<Call> holdUp() {
    slow.heldUp = true;
    List<Call> leaders = new ArrayList<>();
    for (int i = 0; i < LEADERS; i++) {
      leaders.add(call(acme, paid("leader-" + i, i)));
      slow.entered.acquireUninterruptibly();
    }
    return leaders;
  }

  /** Lets the transaction of a leader end, and waits until the next one has begun. */
  private void end(Call leader) {
    slow.gate(leader.thread).release();
    slow.entered.acquireUninterruptibly();
  }

  private void endAll() {
    slow.heldUp = false;
    slow.gates.values().forEach(gate -> gate.release(1_000));
  }

  /** Sends once all have stored what they publish, those too of whom the test wants nothing. */
  private List<String> sentTo(TestReceiver receiver) throws InterruptedException {
    for (Call call : made) {
      call.thread.join();
    }
    kit.runUntilIdle();
    return receiver.requests().stream().map(ReceivedRequest::eventId).toList();
  }

  @Test
  void callers_of_several_accounts_share_a_transaction_and_each_gets_its_own_result()
      throws Exception {
    List<Call> leaders = holdUp();
    List<Call> calls = new ArrayList<>(leaders);
    for (int i = 0; i < 10; i++) {
      calls.add(queued(acme, paid("event-" + i, i)));
      calls.add(queued(globex, paid("event-" + i, i)));
    }
    end(leaders.get(0));
    endAll();

    for (Call call : calls) {
      assertThat(call.result().deliveries()).isEqualTo(1);
    }
    assertThat(slow.transactions).hasValue(LEADERS + 1);
    assertThat(sentTo(acmes)).hasSize(LEADERS + 10).doesNotHaveDuplicates();
    assertThat(sentTo(globexs)).hasSize(10).doesNotHaveDuplicates();
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void commit_that_lost_its_answer_is_unknown_to_all_of_the_group_and_each_event_arrives_once()
      throws Exception {
    List<Call> leaders = holdUp();
    Call first = queued(acme, paid("a", 1));
    Call second = queued(globex, paid("b", 2));
    slow.losesAnswerOf = LEADERS + 1;
    end(leaders.get(0));
    endAll();

    for (Call call : List.of(first, second)) {
      assertThat(call.failure())
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.outcomeUnknown()).isTrue());
    }
    assertThat(sentTo(acmes)).containsExactlyInAnyOrder("leader-0", "leader-1", "a");
    assertThat(sentTo(globexs)).containsExactly("b");
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void id_used_before_for_another_content_fails_its_caller_alone() throws Exception {
    acme.publish(paid("used", 1));
    List<Call> leaders = holdUp();
    Call first = queued(acme, paid("a", 1));
    Call repeated = queued(acme, paid("used", 1));
    Call other = queued(acme, paid("used", 2));
    Call last = queued(globex, paid("used", 3));
    end(leaders.get(0));
    endAll();

    assertThat(first.result().deliveries()).isEqualTo(1);
    assertThat(repeated.result()).isEqualTo(new PublishResult("used", 1));
    assertThat(other.failure().code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    assertThat(last.result().deliveries()).isEqualTo(1);
    assertThat(sentTo(acmes)).containsExactlyInAnyOrder("used", "leader-0", "leader-1", "a");
    assertThat(sentTo(globexs)).containsExactly("used");
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void id_that_an_open_transaction_is_publishing_fails_its_caller_alone() throws Exception {
    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).publish(paid("busy", 1));
      List<Call> leaders = holdUp();
      Call first = queued(acme, paid("a", 1));
      Call busy = queued(acme, paid("busy", 1));
      Call last = queued(globex, paid("b", 2));
      end(leaders.get(0));
      endAll();

      assertThat(first.result().deliveries()).isEqualTo(1);
      assertThat(busy.failure().code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
      assertThat(last.result().deliveries()).isEqualTo(1);
    }
    assertThat(sentTo(acmes)).containsExactlyInAnyOrder("leader-0", "leader-1", "a");
    assertThat(sentTo(globexs)).containsExactly("b");
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void same_id_given_by_several_callers_counts_as_if_they_came_one_after_the_other()
      throws Exception {
    List<Call> leaders = holdUp();
    Call first = queued(acme, paid("same", 1));
    Call second = queued(acme, paid("same", 1));
    Call other = queued(acme, paid("same", 2));
    end(leaders.get(0));
    end(first);
    end(second);
    endAll();

    assertThat(first.result()).isEqualTo(new PublishResult("same", 1));
    assertThat(second.result()).isEqualTo(new PublishResult("same", 1));
    assertThat(other.failure().code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    assertThat(sentTo(acmes)).containsExactlyInAnyOrder("leader-0", "leader-1", "same");
    assertThat(kit.webhooks().health().owned()).isZero();
  }
}
