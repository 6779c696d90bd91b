package dev.webhooks.examples.benchmark.peers;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The payload of every event: 1 KB of JSON that tells its number and when publishing it began. */
public final class Payload {
  private static final int BYTES = 1_024;

  private Payload() {}

  /**
   * Returns a payload.
   *
   * @param number of the event, from 0 in each run
   * @param published a reading of {@link System#nanoTime()}, which all processes of a machine share
   */
  public static byte[] of(long number, long published) {
    byte[] json = new byte[BYTES];
    Arrays.fill(json, (byte) 'x');
    String text = "{\"number\":" + number + ",\"published\":" + published + ",\"filler\":\"";
    byte[] start = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(start, 0, json, 0, start.length);
    json[BYTES - 2] = '"';
    json[BYTES - 1] = '}';
    return json;
  }
}
