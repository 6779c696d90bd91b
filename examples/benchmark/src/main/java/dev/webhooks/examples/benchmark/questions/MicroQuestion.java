package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.micro.FingerprintBenchmark;
import dev.webhooks.examples.benchmark.micro.SigningBenchmark;
import dev.webhooks.examples.benchmark.micro.ValidationBenchmark;
import dev.webhooks.examples.benchmark.report.Figures;
import dev.webhooks.examples.benchmark.report.Samples;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures the small things, each by itself: JMH, in a JVM of its own, nanoseconds a call. */
final class MicroQuestion implements Question {
  private static final String BARE = "mac";
  private static final int MILLIS = 1_000;

  @Override
  public String name() {
    return "micro";
  }

  @Override
  public int steps(Options options) {
    return benchmarks().size();
  }

  @Override
  public boolean needsDatabase() {
    return false;
  }

  @Override
  public void ask(Bench bench) throws Exception {
    Map<String, Samples> nanos = new LinkedHashMap<>();
    for (Method method : benchmarks()) {
      bench.step("micro: " + method.getName());
      nanos.put(method.getName(), run(bench.options(), method));
    }
    Figures figures = bench.figures();
    figures.panel("A call", "ns");
    nanos.forEach((name, samples) -> figures.add("micro." + key(name) + "_ns", samples));
    figures.panel("Signing divided by the bare MAC", "times");
    nanos.keySet().stream()
        .filter(name -> name.startsWith("sign"))
        .forEach(name -> figures.add(
            "micro." + key(name) + "_vs_mac", nanos.get(name).dividedBy(nanos.get(BARE))));
  }

  private static List<Method> benchmarks() {
    return Stream.of(SigningBenchmark.class, ValidationBenchmark.class, FingerprintBenchmark.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .filter(method -> method.isAnnotationPresent(Benchmark.class))
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  /** Each by itself, so that it is seen how far it is; JMH starts a JVM for each anyway. */
  private static Samples run(Options options, Method method) throws Exception {
    TimeValue time = new TimeValue(options.scaled(MILLIS), TimeUnit.MILLISECONDS);
    RunResult result = new Runner(new OptionsBuilder()
            .include(
                "\\." + method.getDeclaringClass().getSimpleName() + "\\." + method.getName() + "$")
            .forks(1)
            .warmupIterations(options.warmUps() + 2)
            .warmupTime(time)
            .measurementIterations(options.runs())
            .measurementTime(time)
            .verbosity(VerboseMode.SILENT)
            .build())
        .runSingle();
    Samples samples = new Samples();
    for (IterationResult iteration :
        result.getBenchmarkResults().iterator().next().getIterationResults()) {
      samples.add(iteration.getPrimaryResult().getScore());
    }
    return samples;
  }

  /** Returns a name in the form of keys: {@code signBodyOnly} becomes {@code sign_body_only}. */
  private static String key(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
