package dev.webhooks.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * Every block of code in a README is checked: Java is compiled or stands in a file that is, the
 * rest is looked up in what it speaks of.
 */
class ReadmeTest {
  /** Each is checked by a test here, or run by {@link ReadmeVerifyingTest}. */
  private static final Set<String> LANGUAGES =
      Set.of("java", "xml", "sh", "json", "html", "js", "python", "text");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern MESSAGE = Pattern.compile("webhooks-portal:[a-z-]+");

  @Test
  void every_block_is_in_a_language_that_is_checked() {
    assertThat(Readmes.blocks())
        .isNotEmpty()
        .allSatisfy(block -> assertThat(block.language()).as(block.toString()).isIn(LANGUAGES));
  }

  /** A reader decides here, so it is short; everything else stands in the README of a module. */
  @Test
  void the_first_page_is_short() {
    String page = Readmes.read(Path.of("README.md"));

    assertThat(page.lines()).hasSizeLessThanOrEqualTo(150);
    assertThat(page.lines()).allMatch(line -> line.length() <= 120);
    assertThat(new StringTokenizer(page).countTokens()).isLessThanOrEqualTo(1_100);
  }

  @TestFactory
  Stream<DynamicTest> java_compiles() {
    List<CodeBlock> blocks = Readmes.blocks("java").stream()
        .filter(block -> block.source().isEmpty())
        .toList();
    Snippets snippets = Snippets.compile(blocks);
    return blocks.stream()
        .map(block -> DynamicTest.dynamicTest(
            block.toString(), () -> assertThat(snippets.errors(block)).isEmpty()));
  }

  @Test
  void every_instance_that_is_built_names_its_catalogue() {
    assertThat(Readmes.blocks("java"))
        .filteredOn(block -> block.text().contains("Webhooks.builder()"))
        .isNotEmpty()
        .allSatisfy(block -> assertThat(block.text()).as(block.toString()).contains(".events("));
  }

  @TestFactory
  Stream<DynamicTest> what_is_quoted_stands_where_it_says() {
    return Readmes.blocks().stream()
        .filter(block -> !block.source().isEmpty())
        .map(block -> DynamicTest.dynamicTest(block.toString(), () -> {
          String source = Readmes.read(Path.of(block.source()));
          assertThat(condensed(source)).contains(condensed(block.text()));
        }));
  }

  /** Returns code without comments and blanks. */
  private static String condensed(String code) {
    return code.replaceAll("(?m)(^|\\s)//.*$", "").replaceAll("\\s+", "");
  }

  @TestFactory
  Stream<DynamicTest> xml_names_what_is_built() {
    return Readmes.blocks("xml").stream()
        .map(block -> DynamicTest.dynamicTest(block.toString(), () -> {
          NodeList dependencies =
              parse("<all>" + block.text() + "</all>").getElementsByTagName("dependency");
          for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            requireBuilt(dependency);
          }
        }));
  }

  /** A module of this project, or what the project itself is tested with, in the same version. */
  private static void requireBuilt(Element dependency) throws Exception {
    String artifact = text(dependency, "artifactId");
    Element project = parse(Readmes.read(Path.of("pom.xml"))).getDocumentElement();
    boolean ours = text(dependency, "groupId").equals(text(project, "groupId"));
    String version = text(project, ours ? "version" : artifact + ".version");
    assertThat(text(dependency, "version")).isEqualTo(version);
    assertThat(Files.exists(Readmes.path(artifact + "/pom.xml"))).isEqualTo(ours);
  }

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static String text(Element element, String name) {
    return element.getElementsByTagName(name).item(0).getTextContent();
  }

  @TestFactory
  Stream<DynamicTest> json_can_be_parsed() {
    ObjectMapper mapper = new ObjectMapper();
    return Readmes.blocks("json").stream()
        .map(block -> DynamicTest.dynamicTest(
            block.toString(),
            () -> assertThatCode(() -> mapper.readTree(block.text())).doesNotThrowAnyException()));
  }

  @TestFactory
  Stream<DynamicTest> html_speaks_to_the_portal_in_its_words() {
    String portal = Readmes.read(
        Path.of("webhooks-core/src/main/resources/dev/webhooks/management/portal/session.js"));
    return Readmes.blocks("html").stream()
        .map(block -> DynamicTest.dynamicTest(
            block.toString(),
            () -> assertThat(MESSAGE.matcher(block.text()).results().map(found -> found.group()))
                .isNotEmpty()
                .allSatisfy(message -> assertThat(portal).contains(message))));
  }

  @TestFactory
  Stream<DynamicTest> commands_name_what_there_is() {
    return Command.all()
        .map(command -> DynamicTest.dynamicTest(command.toString(), () -> {
          assertThat(command.unknownModules()).as("modules").isEmpty();
          assertThat(command.unknownProfiles()).as("profiles").isEmpty();
          assertThat(command.unknownTests()).as("tests").isEmpty();
          assertThat(command.unknownProperties()).as("properties").isEmpty();
          assertThat(command.unknownJars()).as("jars").isEmpty();
        }));
  }

  @TestFactory
  Stream<DynamicTest> links_lead_somewhere() {
    return Readmes.files().stream()
        .map(file -> DynamicTest.dynamicTest(file.toString(), () -> {
          Matcher links = LINK.matcher(Readmes.read(file));
          while (links.find()) {
            if (!links.group(1).startsWith("http")) {
              follow(file, links.group(1));
            }
          }
        }));
  }

  private static void follow(Path file, String link) {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty()
        ? Readmes.path(file.toString())
        : Readmes.path(file.resolveSibling(parts[0]).toString());
    assertThat(target).as(link).exists();
    if (parts.length > 1) {
      assertThat(anchors(target)).as(link).contains(parts[1]);
    }
  }

  private static List<String> anchors(Path file) {
    return Readmes.read(file)
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9 -]", "")
            .replace(' ', '-'))
        .toList();
  }
}
