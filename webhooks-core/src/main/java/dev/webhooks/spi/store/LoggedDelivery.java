package dev.webhooks.spi.store;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as the log has it.
 *
 * @param delivery the delivery
 * @param body the event's whole body; not copied; null if the event is not kept any more
 * @param attempts every attempt that has ended, the first one first
 */
public record LoggedDelivery(Delivery delivery, byte @Nullable [] body, List<Attempt> attempts) {}
