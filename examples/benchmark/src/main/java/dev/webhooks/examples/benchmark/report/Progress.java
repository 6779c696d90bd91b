package dev.webhooks.examples.benchmark.report;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how long work goes: what is done, what remains, the rate, and how long the rest will take.
 * On a terminal the line is written over, elsewhere a new one comes every 2 seconds at most. For
 * one thread.
 */
public final class Progress {
  private static final long NEXT_LINE = Duration.ofSeconds(2).toNanos();
  private static final long NEXT_OVER = Duration.ofMillis(200).toNanos();

  /** The time before which no rest is guessed: a rate of the first moment says little. */
  private static final long TOO_SOON = Duration.ofMillis(500).toNanos();

  private static final String ERASED = "\r\u001b[K";

  private final PrintStream out;
  private final boolean inPlace;
  private final LongSupplier clock;
  private long shown;
  private boolean open;

  Progress(PrintStream out, boolean inPlace, LongSupplier clock) {
    this.out = out;
    this.inPlace = inPlace;
    this.clock = clock;
    this.shown = clock.getAsLong();
  }

  /** Shows progress on a stream; in place if it is the standard output, and that is a terminal. */
  public static Progress on(PrintStream out) {
    return new Progress(out, out == System.out && isTerminal(), System::nanoTime);
  }

  /** Later JDKs have a console without a terminal, and a method to ask, which 17 has not. */
  @SuppressWarnings("SystemConsoleNull") // The rest of it is asked below.
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** Writes a line that stays. */
  public void say(String line) {
    erase();
    out.println(line);
    out.flush();
    shown = clock.getAsLong();
  }

  /**
   * Begins something that is counted.
   *
   * @param what for example {@code queueing}
   * @param unit of what is counted, in the plural
   * @param total how many there will be
   */
  public Step step(String what, String unit, long total) {
    return new Step(what, unit, total, true);
  }

  /** Begins a stretch of time of which seconds are counted, and which has no rate of its own. */
  public Step stretch(String what, Duration time) {
    return new Step(what, "s", time.toSeconds(), false);
  }

  /** Makes room for what others print. */
  public void clear() {
    erase();
    out.flush();
  }

  private void show(long now, String line) {
    erase();
    shown = now;
    if (inPlace) {
      out.print(line);
      open = true;
    } else {
      out.println(line);
    }
    out.flush();
  }

  private boolean isDue(long now) {
    return now - shown >= (inPlace ? NEXT_OVER : NEXT_LINE);
  }

  private void erase() {
    if (open) {
      out.print(ERASED);
      open = false;
    }
  }

  /** Something that is counted until all of it is done. */
  public final class Step {
    private final String what;
    private final String unit;
    private final long total;
    private final boolean rated;
    private final long began = clock.getAsLong();

    private Step(String what, String unit, long total, boolean rated) {
      this.what = what;
      this.unit = unit;
      this.total = total;
      this.rated = rated;
    }

    /** Tells how many are done. */
    public void done(long done) {
      done(done, () -> "");
    }

    /**
     * Tells how many are done.
     *
     * @param beside what else there is to show, asked for only when it is shown
     */
    public void done(long done, Beside beside) {
      long now = clock.getAsLong();
      if (isDue(now)) {
        show(now, line(done, now, beside.text()));
      }
    }

    /** Tells that all is done, on a line that stays. */
    public void end() {
      long now = clock.getAsLong();
      say(line(total, now, ""));
    }

    private String line(long done, long now, String beside) {
      String text = String.format(Locale.ROOT, "  %s: %,d of %,d %s", what, done, total, unit);
      text += rated ? rate(done, now) : "";
      return beside.isEmpty() ? text : text + ", " + beside;
    }

    private String rate(long done, long now) {
      double seconds = (now - began) / 1e9;
      String text = String.format(Locale.ROOT, ", %.0f s", seconds);
      if (done == 0 || now - began < TOO_SOON) {
        return text;
      }
      double rate = done / seconds;
      text += String.format(Locale.ROOT, ", %,.0f a second", rate);
      return done < total
          ? text + String.format(Locale.ROOT, ", about %.0f s to go", (total - done) / rate)
          : text;
    }
  }

  /** The text of a line of progress beside its numbers. */
  @FunctionalInterface
  public interface Beside {
    /** Returns the text; empty for nothing. */
    String text();
  }
}
