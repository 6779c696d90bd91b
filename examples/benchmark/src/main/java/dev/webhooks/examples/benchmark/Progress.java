package dev.webhooks.examples.benchmark;

/** Says every few seconds how much is done, how much remains, and how fast it goes. */
final class Progress {
  private static final long PAUSE_NANOS = 5_000_000_000L;

  private final String what;
  private final int total;
  private final long began = System.nanoTime();
  private long said = began;

  Progress(String what, int total) {
    this.what = what;
    this.total = total;
  }

  /** Says so if it is time, or if this is the end. */
  void done(int done) {
    long now = System.nanoTime();
    if (done < total && now - said < PAUSE_NANOS) {
      return;
    }
    said = now;
    System.out.printf(
        "%s: %,d done, %,d to go, %,.0f a second%n",
        what, done, total - done, done / ((now - began) / 1e9));
  }
}
