package dev.webhooks.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command of a README that builds or runs a part of the project: what it names has to exist.
 *
 * @param where the README
 * @param text the command
 */
record Command(Path where, String text) {
  private static final Pattern INLINE = Pattern.compile("`((?:\\./mvnw|java -jar) [^`]+)`");
  private static final Pattern LINE =
      Pattern.compile("(?m)^.*?((?:\\./mvnw|java -jar) .+?)(?:\\s+#.*)?$");
  private static final Pattern MODULES = Pattern.compile("-pl (\\S+)");
  private static final Pattern PROFILE = Pattern.compile("-P(\\S+)");
  private static final Pattern PROPERTY = Pattern.compile("-D([\\w.-]+?)(?:=|\\s|$)");
  private static final Pattern TESTS = Pattern.compile("-D(?:it\\.)?test=([\\w*,]+)");
  private static final Pattern JAR = Pattern.compile("java -jar (\\S+)/target/(\\S+)\\.jar");
  /** They are the plugins', and no POM names them. */
  private static final Set<String> OF_PLUGINS = Set.of(
      "test",
      "it.test",
      "surefire.failIfNoSpecifiedTests",
      "failsafe.failIfNoSpecifiedTests",
      "user.language",
      "user.country");

  /** Returns the commands of all READMEs, from blocks as well as from running text and tables. */
  static Stream<Command> all() {
    Stream<Command> inBlocks = Readmes.blocks("sh").stream()
        .flatMap(block -> LINE.matcher(block.text().replace("\\\n", ""))
            .results()
            .map(found -> new Command(block.file(), found.group(1))));
    Stream<Command> inText = Readmes.files().stream()
        .flatMap(file -> INLINE
            .matcher(Readmes.read(file))
            .results()
            .map(found -> new Command(file, found.group(1))));
    return Stream.concat(inBlocks, inText);
  }

  List<String> unknownModules() {
    return found(MODULES)
        .flatMap(list -> Stream.of(list.split(",")))
        .filter(module -> !Files.exists(Readmes.path(module).resolve("pom.xml")))
        .toList();
  }

  List<String> unknownProfiles() {
    String pom = Readmes.read(Path.of("pom.xml"));
    return found(PROFILE).filter(id -> !pom.contains("<id>" + id + "</id>")).toList();
  }

  /** Returns names, with asterisks, that no test class has. */
  List<String> unknownTests() {
    Set<String> classes = sources().stream()
        .map(file -> file.getFileName().toString().replace(".java", ""))
        .collect(Collectors.toSet());
    return found(TESTS)
        .filter(name -> !name.equals("none"))
        .filter(name -> classes.stream().noneMatch(c -> c.matches(name.replace("*", ".*"))))
        .toList();
  }

  /** Returns properties that neither a POM nor a source speaks of. */
  List<String> unknownProperties() {
    return found(PROPERTY)
        .filter(name -> !OF_PLUGINS.contains(name) && !name.startsWith("sun.") && !isNamed(name))
        .toList();
  }

  private static boolean isNamed(String property) {
    return Stream.of("pom.xml", "examples/pom.xml")
            .anyMatch(pom -> Readmes.read(Path.of(pom)).contains(property))
        || property.equals("skipTests")
        || sources().stream().anyMatch(file -> Readmes.read(file).contains('"' + property + '"'));
  }

  /** Returns jars that the module does not make. */
  List<String> unknownJars() {
    Matcher jars = JAR.matcher(text);
    return jars.results()
        .filter(jar -> !Readmes.read(Path.of(jar.group(1), "pom.xml"))
            .contains("<finalName>" + jar.group(2) + "</finalName>"))
        .map(jar -> jar.group())
        .toList();
  }

  private Stream<String> found(Pattern pattern) {
    return pattern.matcher(text).results().map(match -> match.group(1));
  }

  /** Returns the test classes of all modules; what is in other folders may vanish meanwhile. */
  private static List<Path> sources() {
    return Readmes.modules()
        .map(module -> module.resolve("src/test"))
        .filter(Files::exists)
        .flatMap(Command::javaFiles)
        .toList();
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return where + ": " + text;
  }
}
