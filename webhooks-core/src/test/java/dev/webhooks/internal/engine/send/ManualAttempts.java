package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.endpoint.Outcomes;
import dev.webhooks.spi.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Attempts that last until the test ends them. */
public final class ManualAttempts {
  private final List<DeliveryAttempt> running = new ArrayList<>();
  private final OwnedDeliveries owned;
  private final Dispatcher dispatcher;

  public ManualAttempts(OwnedDeliveries owned, Ticker ticker) {
    this.owned = owned;
    this.dispatcher = new Dispatcher(
        DeliverySettings.DEFAULTS,
        ticker,
        owned,
        () -> true,
        (attempt, dispatcher) -> running.add(attempt));
  }

  public Dispatcher dispatcher() {
    return dispatcher;
  }

  public int running() {
    return running.size();
  }

  /** Lets attempts under way, and those that follow, be answered; returns how many. */
  public int answer(Predicate<String> url, int most) {
    int answered = 0;
    for (int i = 0; i < running.size() && answered < most; ) {
      if (url.test(running.get(i).configuration.url())) {
        DeliveryAttempt attempt = running.remove(i);
        owned.remove(attempt.delivery);
        dispatcher.ended(attempt, Outcomes.outcome(null, 200));
        answered++;
      } else {
        i++;
      }
    }
    return answered;
  }
}
