package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.report.Samples;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What the small things cost, each by itself: JMH, in a JVM of its own, nanoseconds a call. */
final class MicroQuestion implements Question {
  private static final String BARE = "mac";
  private static final int MILLIS = 1_000;

  @Override
  public String name() {
    return "micro";
  }

  @Override
  public int steps(Options options) {
    return 1;
  }

  @Override
  public boolean needsDatabase() {
    return false;
  }

  @Override
  public void ask(Bench bench) throws Exception {
    bench.step("micro: JMH");
    Map<String, Samples> nanos = new LinkedHashMap<>();
    for (RunResult result : run(bench.options())) {
      String[] name = result.getParams().getBenchmark().split("\\.");
      Samples samples = new Samples();
      for (IterationResult iteration :
          result.getBenchmarkResults().iterator().next().getIterationResults()) {
        samples.add(iteration.getPrimaryResult().getScore());
      }
      nanos.put(name[name.length - 1], samples);
    }
    nanos.forEach((name, samples) -> bench.figures().add("micro." + key(name) + "_ns", samples));
    nanos.keySet().stream()
        .filter(name -> name.startsWith("sign"))
        .forEach(name -> bench
            .figures()
            .add("micro." + key(name) + "_vs_mac", nanos.get(name).dividedBy(nanos.get(BARE))));
  }

  private static Collection<RunResult> run(Options options) throws Exception {
    TimeValue time = new TimeValue(options.scaled(MILLIS), TimeUnit.MILLISECONDS);
    return new Runner(new OptionsBuilder()
            .include("benchmark\\.micro\\.")
            .forks(1)
            .warmupIterations(options.warmUps() + 2)
            .warmupTime(time)
            .measurementIterations(options.runs())
            .measurementTime(time)
            .verbosity(VerboseMode.SILENT)
            .build())
        .run();
  }

  /** Returns a name in the form of keys: {@code signBodyOnly} becomes {@code sign_body_only}. */
  private static String key(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
