package dev.webhooks.examples.benchmark.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Three instances of which two have a wall clock that is wrong by 25 hours, one in each direction.
 * Needs libfaketime: the Debian package, or its path in the environment variable LIBFAKETIME.
 */
record ClockScenario() implements Scenario {
  private static final int RATE = 30;

  @Override
  public String name() {
    return "clock";
  }

  @Override
  public int usualSize() {
    return 60;
  }

  @Override
  public String unit() {
    return "seconds";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    Optional<Path> library = library();
    if (library.isEmpty()) {
      stage.report().skipped("libfaketime is not installed (Debian package libfaketime)");
      return;
    }
    stage.subscribeTheUsual();
    stage.load(RATE);
    List<Member> members = List.of(
        stage.launch("right", Map.of()),
        stage.launch("fast", wrongBy("+25h", library.get())),
        stage.launch("slow", wrongBy("-25h", library.get())));
    for (Member member : members) {
      member.awaitReady();
    }
    stage.run("warming up", Duration.ofSeconds(20));
    int warm = stage.receiver().arrivals().size();
    stage.run("wrong clocks", Duration.ofSeconds(size));
    stage.drain(Duration.ofMinutes(2));
    Findings findings = new Checker(stage).check();
    findings.reportPromises(stage.report());
    stage.report().exactly("duplicates", 0, findings.duplicates());
    reportSkew(stage, warm);
    stage.report().exactly("takeovers", 0, findings.log().burials().size());
    LogBook log = findings.log();
    // Otherwise nothing was tried.
    stage.report().exactly("instances_with_a_wrong_clock", 2, log.wronglyTimed(stage.moments()));
  }

  /**
   * The time is signed when an attempt starts, so the first connections of a JVM, which take long,
   * show as times that are behind: what came before it was warm does not count.
   */
  private static void reportSkew(Stage stage, int warm) {
    Map<Integer, List<Integer>> bySender = new TreeMap<>();
    stage
        .receiver()
        .arrivals()
        .forEach(
            warm,
            arrival -> bySender
                .computeIfAbsent(arrival.sender(), sender -> new ArrayList<>())
                .add(arrival.skew()));
    int worst = 0;
    for (Map.Entry<Integer, List<Integer>> sender : bySender.entrySet()) {
      List<Integer> sorted = sender.getValue().stream().sorted().toList();
      int earliest = sorted.get(0);
      int latest = sorted.get(sorted.size() - 1);
      worst = Math.max(worst, Math.max(-earliest, latest));
      stage
          .report()
          .note(stage.receiver().arrivals().senders().get(sender.getKey()) + " signed "
              + sorted.size() + " times that were ahead by " + earliest + " to " + latest
              + " s, median " + sorted.get(sorted.size() / 2) + " s");
    }
    stage.report().atMost("signed_time_off_seconds", 5, worst);
  }

  /**
   * Only the wall clock is to be wrong. The "fix" is one for programs in C: with it, every timed
   * wait of the JVM returns at once, and its threads spin.
   */
  private static Map<String, String> wrongBy(String offset, Path library) {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME",
        offset,
        "DONT_FAKE_MONOTONIC",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0");
  }

  private static Optional<Path> library() throws IOException {
    String named = System.getenv("LIBFAKETIME");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    Path libraries = Path.of("/usr/lib");
    if (!Files.isDirectory(libraries)) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.find(
        libraries,
        3,
        (path, attributes) -> path.getFileName().toString().equals("libfaketimeMT.so.1"))) {
      return found.findFirst();
    }
  }
}
