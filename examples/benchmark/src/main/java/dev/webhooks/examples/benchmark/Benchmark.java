package dev.webhooks.examples.benchmark;

import dev.webhooks.examples.benchmark.chaos.Chaos;
import dev.webhooks.examples.benchmark.questions.Bench;
import dev.webhooks.examples.benchmark.questions.Options;
import dev.webhooks.examples.benchmark.questions.Question;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs one of the measurements by its name; the arguments after the name are its own. Without a
 * name it compares with others. Ends with status 1 if what was measured breaks a promise, 2 if it
 * is not known.
 */
public final class Benchmark {
  private static final Map<String, Measurement> MEASUREMENTS = measurements();

  private Benchmark() {}

  private static Map<String, Measurement> measurements() {
    Map<String, Measurement> measurements = new TreeMap<>();
    measurements.put("log", LogBenchmark::measure);
    measurements.put("chaos", Chaos::run);
    measurements.put("jit", JitBenchmark::measure);
    for (Question question : Question.all()) {
      measurements.put(
          question.name(),
          arguments ->
              Bench.measure(question, Options.of(arguments), System.out).meetsBars());
    }
    return measurements;
  }

  public static void main(String[] args) throws Exception {
    keepQuiet();
    String name = args.length == 0 ? "compare" : args[0];
    Measurement measurement = MEASUREMENTS.get(name);
    if (measurement == null) {
      System.err.println("There is no " + name + "; choose one of " + MEASUREMENTS.keySet());
      System.exit(2);
      return;
    }
    String[] own = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    if (!measurement.run(own)) {
      System.exit(1);
    }
  }

  /** Silences the log of database servers, in which the figures would be lost. */
  private static void keepQuiet() {
    String logger = "org.slf4j.simpleLogger.";
    System.setProperty(
        logger + "defaultLogLevel", System.getProperty(logger + "defaultLogLevel", "warn"));
    System.setProperty(logger + "log.ch.vorburger", "off");
  }

  /** Something that can be measured. */
  @FunctionalInterface
  interface Measurement {
    /**
     * Measures, and prints what came out.
     *
     * @return whether it was as promised
     */
    boolean run(String[] args) throws Exception;
  }
}
