package dev.webhooks.spi.store;

import java.util.List;

/**
 * Part of a list of webhooks.
 *
 * @param webhooks the rows asked for
 * @param total how many rows the filter lets through in all
 */
public record WebhookList(List<WebhookRow> webhooks, long total) {}
