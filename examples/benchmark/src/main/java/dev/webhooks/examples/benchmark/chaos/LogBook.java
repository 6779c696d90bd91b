package dev.webhooks.examples.benchmark.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The logs of the instances. */
final class LogBook {
  private static final Pattern LINE =
      Pattern.compile("(\\d{4}-\\S+) \\[(.*?)] (ERROR|WARN|INFO) (\\S+) - (.*)");
  private static final Pattern NUMBER = Pattern.compile("instance (\\d+)");
  private static final int TAIL = 5;
  private static final int END = 100;

  private final List<Entry> entries = new ArrayList<>();
  private final Map<Long, Member> byEngineNumber = new HashMap<>();

  private LogBook() {}

  /** Returns the options that make a JVM log to a file, in the form that is read here. */
  static List<String> jvmOptions(Path log) {
    String logger = "-Dorg.slf4j.simpleLogger.";
    return List.of(
        logger + "logFile=" + log,
        logger + "defaultLogLevel=info",
        logger + "showDateTime=true",
        logger + "dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  }

  static LogBook read(List<Member> members) throws IOException {
    LogBook book = new LogBook();
    for (Member member : members) {
      if (!Files.exists(member.log())) {
        continue;
      }
      for (String line : Files.readAllLines(member.log())) {
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
          book.add(new Entry(
              member,
              OffsetDateTime.parse(matcher.group(1)).toInstant(),
              matcher.group(3),
              matcher.group(4),
              matcher.group(5)));
        }
      }
    }
    return book;
  }

  /** Returns the last lines of a log and of what its process printed as errors. */
  static List<String> tail(Path log) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file :
        List.of(log, log.resolveSibling(log.getFileName().toString().replace(".log", ".err")))) {
      List<String> all = Files.exists(file) ? Files.readAllLines(file) : List.of();
      lines.addAll(all.subList(Math.max(0, all.size() - TAIL), all.size()));
    }
    return lines;
  }

  /** Prints the end of each log below a directory, for builds of which nothing else is kept. */
  static void printEnds(Path directory, PrintStream out) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files =
          all.filter(file -> file.toString().matches(".*\\.(log|err)")).sorted().toList();
    }
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      out.println("---- " + directory.relativize(file) + ", " + lines.size() + " lines");
      lines.stream().skip(Math.max(0, lines.size() - END)).forEach(out::println);
    }
  }

  private void add(Entry entry) {
    entries.add(entry);
    if (entry.message.startsWith("sending webhooks as instance ")) {
      byEngineNumber.put(entry.number(), entry.member);
    }
  }

  /** Returns what the library logged at WARN or ERROR. */
  List<Entry> troubles() {
    return entries.stream()
        .filter(entry -> !entry.level.equals("INFO") && entry.logger.startsWith("dev.webhooks."))
        .toList();
  }

  /** Returns how many of these lines one instance wrote in the same second, at most. */
  static long worstSecond(List<Entry> lines) {
    return lines.stream()
        .collect(Collectors.groupingBy(
            entry -> entry.member.life() + "@" + entry.at.getEpochSecond(), Collectors.counting()))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  /** Returns the lines in which an instance says that it takes over what a dead one held. */
  List<Burial> burials() {
    return entries.stream()
        .filter(entry -> entry.message.contains("stopped beating"))
        .map(entry -> new Burial(byEngineNumber.get(entry.number()), entry.at))
        .toList();
  }

  /** Returns how many takeovers were from instances that had not been killed before. */
  long takeoversFromTheLiving(Moments moments) {
    return burials().stream()
        .filter(burial -> burial.dead == null
            || !burial.dead.wasKilled()
            || moments.nanos(burial.at) < burial.dead.killedAt())
        .count();
  }

  /** Returns how many times an instance found that others had declared it dead. */
  long declaredDead() {
    return entries.stream()
        .filter(entry -> entry.message.contains("was declared dead"))
        .count();
  }

  /** Returns how many instances have a wall clock that is more than an hour off. */
  long wronglyTimed(Moments moments) {
    long hour = Duration.ofHours(1).toNanos();
    long now = System.nanoTime();
    return entries.stream()
        .filter(entry -> moments.nanos(entry.at) > now + hour
            || moments.nanos(entry.at) < moments.nanos() - hour)
        .map(Entry::member)
        .distinct()
        .count();
  }

  record Entry(Member member, Instant at, String level, String logger, String message) {
    private long number() {
      Matcher matcher = NUMBER.matcher(message);
      return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Override
    public String toString() {
      return member.name() + "." + member.life() + " " + at + " " + level + " " + message;
    }
  }

  /**
   * A takeover.
   *
   * @param dead whose deliveries were taken over; null if its number is not that of any start
   * @param at when it was logged
   */
  record Burial(Member dead, Instant at) {}
}
