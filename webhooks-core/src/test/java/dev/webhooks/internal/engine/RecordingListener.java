package dev.webhooks.internal.engine;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.DeliveryListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Remembers what it was told, as short texts. */
public final class RecordingListener implements DeliveryListener {
  private final List<String> calls = new ArrayList<>();
  private final List<Trouble> troubles = new ArrayList<>();

  @Override
  public void attemptFinished(Finished delivery, Attempt attempt) {
    calls.add("attempt " + attempt.number() + " of " + delivery.eventId());
  }

  @Override
  public void deliverySucceeded(Finished delivery) {
    calls.add("succeeded " + delivery.eventId());
  }

  @Override
  public void deliveryFailed(Finished delivery, DeliveryError error) {
    calls.add("failed " + delivery.eventId() + " " + error.code());
  }

  @Override
  public void webhookWarned(Trouble trouble) {
    troubles.add(trouble);
    calls.add("warned " + trouble.reason());
  }

  @Override
  public void webhookFailed(Trouble trouble) {
    troubles.add(trouble);
    calls.add("webhook failed " + trouble.reason());
  }

  @Override
  public void storeTrouble(Throwable fault, Duration since) {
    calls.add("trouble");
  }

  @Override
  public void webhookUndecryptable(String webhookId, String account, Throwable fault) {
    String message = String.valueOf(fault.getMessage());
    int known = message.indexOf("a key that is not known here");
    calls.add("undecryptable " + webhookId + " "
        + (known < 0 ? message : message.substring(known, message.indexOf(',', known))));
  }

  public List<String> calls() {
    return List.copyOf(calls);
  }

  /** Returns the calls that begin with one of some words. */
  public List<String> calls(String... beginnings) {
    return calls.stream()
        .filter(call -> List.of(beginnings).stream().anyMatch(call::startsWith))
        .toList();
  }

  List<Trouble> troubles() {
    return List.copyOf(troubles);
  }
}
