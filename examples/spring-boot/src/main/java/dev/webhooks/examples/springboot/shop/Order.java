package dev.webhooks.examples.springboot.shop;

import java.time.Instant;

/**
 * An order of a customer's.
 *
 * @param id its number
 * @param item what was ordered
 * @param quantity how many of it
 * @param placedAt when
 */
record Order(long id, String item, int quantity, Instant placedAt) {}
