package dev.webhooks.examples.benchmark.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The instances of a scenario. None of them survives it. */
final class Cluster implements AutoCloseable {
  private static final int POOL = 4;
  private static final int THREADS = 4;

  private final List<Member> members = new CopyOnWriteArrayList<>();
  private final Thread reaper = new Thread(this::destroyAll);
  private final String url;
  private final Path certificate;
  private final Path directory;

  Cluster(String url, Path certificate, Path directory) {
    this.url = url;
    this.certificate = certificate;
    this.directory = directory;
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /** Starts an instance without waiting until it is ready. */
  Member launch(String name, Map<String, String> environment) throws IOException {
    int life = members.size() + 1;
    InstanceOptions options = new InstanceOptions(url, certificate, name, life, POOL, THREADS);
    Path log = directory.resolve(name + "-" + life + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.addAll(LogBook.jvmOptions(log));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Instance.class.getName());
    command.addAll(options.arguments());
    ProcessBuilder builder = new ProcessBuilder(command)
        .redirectError(directory.resolve(name + "-" + life + ".err").toFile());
    builder.environment().putAll(environment);
    Member member = new Member(options, log, builder.start());
    members.add(member);
    return member;
  }

  /** Returns every life there has been, in the order of their numbers. */
  List<Member> members() {
    return List.copyOf(members);
  }

  List<Member> running() {
    return members.stream().filter(Member::isRunning).toList();
  }

  /** Returns the member with a life's number. */
  Optional<Member> life(int number) {
    return number >= 1 && number <= members.size()
        ? Optional.of(members.get(number - 1))
        : Optional.empty();
  }

  void tellAll(String command) {
    running().forEach(member -> member.tell(command));
  }

  /** Returns how many orders have come to an outcome of a kind. */
  long count(String kind) {
    return members.stream()
        .flatMap(member -> member.outcomes().stream())
        .filter(outcome -> outcome.kind().equals(kind))
        .count();
  }

  private void destroyAll() {
    members.forEach(Member::destroy);
  }

  @Override
  public void close() {
    destroyAll();
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
