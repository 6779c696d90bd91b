package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.process.TemporaryDirectory;
import dev.webhooks.examples.benchmark.report.Progress;
import dev.webhooks.examples.benchmark.report.Results;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Plays scenarios that make life hard for the library, with real processes, a real database and
 * HTTPS, and checks that its promises hold.
 *
 * <p>Arguments: a scenario, {@code short} or {@code all}; {@code postgresql} or {@code mariadb}; a
 * size, or for {@code all} a factor for the usual sizes. With {@code --out} comes the directory of
 * tables and charts, otherwise {@code benchmark-results}. Ends with status 1 if a bar was missed.
 */
public final class Chaos {
  private static final List<Scenario> SCENARIOS = List.of(
      new CalmScenario(),
      new SchemaScenario(),
      new RollingScenario(),
      new KillScenario(10),
      new FreezeScenario(),
      new OutageScenario(),
      new HogScenario(),
      new ClockScenario(),
      new LongHostScenario(),
      new NeighboursScenario(),
      new DeadScenario(),
      new RetentionScenario(),
      new BacklogScenario());
  private static final List<Play> SHORT =
      List.of(new Play(new RollingScenario(), 1), new Play(new KillScenario(6), 12));

  private Chaos() {}

  public static void main(String[] args) throws Exception {
    System.exit(run(args) ? 0 : 1);
  }

  /**
   * Plays what the arguments say and prints a report of each scenario.
   *
   * @return whether every bar was met
   */
  public static boolean run(String... args) throws Exception {
    List<String> words = new ArrayList<>(List.of(args));
    words.remove("chaos");
    Path out = Results.take(words);
    String what = words.isEmpty() ? "short" : words.get(0);
    String database = words.size() > 1 ? words.get(1) : "postgresql";
    String size = words.size() > 2 ? words.get(2) : null;
    return play(plays(what, size), database, out).stream().allMatch(Report::passed);
  }

  /**
   * Plays the form that fits into a build; returns the broken promises, one line for each. How long
   * things took is printed, and is no promise on a machine that builds at the same time.
   */
  static List<String> brokenPromisesInShort(String database, Path out) throws Exception {
    return play(SHORT, database, out).stream()
        .flatMap(report -> report.brokenPromises().stream())
        .toList();
  }

  private static List<Play> plays(String what, String size) {
    return switch (what) {
      case "short" -> SHORT;
      case "all" -> {
        double scale = size == null ? 1 : Double.parseDouble(size);
        yield SCENARIOS.stream()
            .map(scenario -> new Play(scenario, (int) Math.max(1, scenario.usualSize() * scale)))
            .toList();
      }
      default -> {
        Scenario scenario = SCENARIOS.stream()
            .filter(candidate -> candidate.name().equals(what))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("there is no scenario " + what
                + ": " + SCENARIOS.stream().map(Scenario::name).collect(Collectors.joining(", "))
                + ", short, all"));
        yield List.of(
            new Play(scenario, size == null ? scenario.usualSize() : Integer.parseInt(size)));
      }
    };
  }

  private static List<Report> play(List<Play> plays, String database, Path out) throws Exception {
    keepQuiet();
    Path directory = Files.createTempDirectory("webhooks-chaos");
    Progress progress = Progress.on(System.out);
    List<Report> reports = new ArrayList<>();
    progress.say("starting " + database + " in " + directory);
    try (TestDatabase server = TestDatabase.start(database, directory)) {
      for (int number = 0; number < plays.size(); number++) {
        Play play = plays.get(number);
        progress.say(play.scenario().name() + " on " + database + ", " + play.howMuch() + " ("
            + (number + 1) + " of " + plays.size() + ")");
        Report report = play(play, server, directory, progress);
        progress.clear();
        report.print(System.out);
        progress.say("The chart is " + report.write(out, play.howMuch()));
        reports.add(report);
      }
    }
    if (reports.stream().allMatch(Report::passed)) {
      TemporaryDirectory.delete(directory);
    } else {
      progress.say("the logs of the instances stay in " + directory + "; how each of them ended:");
      LogBook.printEnds(directory, System.out);
    }
    return reports;
  }

  /** Servers and pools of this process have much to say about a database that is killed. */
  private static void keepQuiet() {
    String logger = "org.slf4j.simpleLogger.";
    System.setProperty(logger + "defaultLogLevel", "warn");
    System.setProperty(logger + "log.io.zonky.test.db.postgres", "off");
    System.setProperty(logger + "log.ch.vorburger", "off");
    System.setProperty(logger + "log.com.zaxxer.hikari", "error");
  }

  private static Report play(Play play, TestDatabase server, Path directory, Progress progress) {
    String name = play.scenario().name();
    Report report = new Report(name, server.name());
    try (Stage stage = new Stage(name, server, directory.resolve(name), report, progress)) {
      try {
        play.scenario().play(stage, play.size());
      } finally {
        stage.drawTimeline();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      report.broken("interrupted");
    } catch (Exception e) { // One that breaks does not keep the others from being played.
      report.broken(e.toString());
    }
    return report;
  }

  private record Play(Scenario scenario, int size) {
    String howMuch() {
      return size + " " + scenario.unit();
    }
  }
}
