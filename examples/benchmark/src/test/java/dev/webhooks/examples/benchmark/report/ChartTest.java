package dev.webhooks.examples.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {
  @Test
  void text_may_hold_whatever_it_likes() throws Exception {
    Bars bars = new Bars("a < b & \"c\"", "µs");
    bars.add("\u0000 <script>", Samples.of(1), Optional.empty());
    Element svg = parsed(new Chart("<&>", List.of("'\u001b")).add(bars));
    assertThat(texts(svg)).contains("<&>", "' ", "a < b & \"c\"", "  <script>", "µs");
  }

  @Test
  void a_bar_is_as_long_as_its_median_and_the_whisker_spans_all_runs() throws Exception {
    Bars bars = new Bars("rates", "a second");
    bars.add("some", samples(10, 20, 50), Optional.empty());
    bars.add("half", Samples.of(10), Optional.empty());
    Element svg = parsed(new Chart("t", List.of()).add(bars));
    Element some = shapes(svg, "rect", "bar").get(0);
    Element half = shapes(svg, "rect", "bar").get(1);
    Element whisker = shapes(svg, "line", "spread").get(0);
    double unit = number(some, "width") / 20;
    assertThat(number(half, "width")).isCloseTo(10 * unit, within(0.1));
    assertThat(number(whisker, "x1")).isCloseTo(number(some, "x") + 10 * unit, within(0.1));
    assertThat(number(whisker, "x2")).isCloseTo(number(some, "x") + 50 * unit, within(0.1));
    assertThat(texts(svg)).contains("20  (10 to 50)");
  }

  @Test
  void a_limit_stands_where_it_is_and_says_whether_it_was_met() throws Exception {
    Bars bars = new Bars("ratios", "times");
    bars.add("slow", Samples.of(0.25), Optional.of(Bar.atLeast(0.5)));
    bars.add("fast", Samples.of(0.75), Optional.of(Bar.atLeast(0.5)));
    Element svg = parsed(new Chart("t", List.of()).add(bars));
    Element missed = shapes(svg, "rect", "bad").get(0);
    double limit = number(shapes(svg, "line", "limit").get(0), "x1");
    assertThat(limit - number(missed, "x")).isCloseTo(2 * number(missed, "width"), within(0.1));
    assertThat(texts(svg)).contains(">= 0.500  missed", ">= 0.500  met");
  }

  @Test
  void a_figure_that_is_endless_or_below_0_is_drawn_as_nothing_and_told_as_it_is()
      throws Exception {
    Bars bars = new Bars("ratios", "times");
    bars.add("endless", Samples.of(Double.POSITIVE_INFINITY), Optional.empty());
    bars.add("negative", Samples.of(-3), Optional.empty());
    Element svg = parsed(new Chart("t", List.of()).add(bars));
    assertThat(shapes(svg, "rect", "bar"))
        .extracting(bar -> number(bar, "width"))
        .containsExactly(0.0, 0.0);
    assertThat(texts(svg)).contains("endless", "-3");
  }

  @Test
  void a_timeline_counts_by_the_second_and_marks_what_was_done() throws Exception {
    Timeline timeline = new Timeline("run", "a second", 10);
    timeline.add("requests", new double[] {0, 0.5, 5.1, 11});
    timeline.mark(5, "kill");
    timeline.mark(5.1, "kill");
    Element svg = parsed(new Chart("t", List.of()).add(timeline));
    List<Element> marks = shapes(svg, "line", "mark");
    assertThat(number(marks.get(0), "x1"))
        .isCloseTo((76 + Chart.WIDTH - Chart.MARGIN) / 2, within(0.1));
    assertThat(texts(svg))
        .containsOnlyOnce("kill")
        .contains("area: requests a second   ·   dashed: kill × 2", "2", "10 s");
    assertThat(shapes(svg, "path", "area")).hasSize(1);
  }

  @Test
  void a_long_timeline_has_wider_steps_and_still_rates_by_the_second() throws Exception {
    Timeline timeline = new Timeline("run", "a second", 600);
    double[] moments = new double[6_000];
    for (int number = 0; number < moments.length; number++) {
      moments[number] = number / 10.0;
    }
    timeline.add("requests", moments);
    Element svg = parsed(new Chart("t", List.of()).add(timeline));
    Element path = shapes(svg, "path", "area").get(0);
    assertThat(path.getAttribute("d").split("L")).hasSize(2 * 300 + 2);
    assertThat(texts(svg)).contains("10").doesNotContain("20");
  }

  @Test
  void a_broken_promise_is_not_told_by_colour_alone() throws Exception {
    Checks checks = new Checks("promises");
    checks.add("lost 0", true);
    checks.add("doubled 2", false);
    Element svg = parsed(new Chart("t", List.of()).add(checks));
    assertThat(texts(svg)).contains("lost 0", "doubled 2  missed");
  }

  @Test
  void an_empty_panel_is_left_out() throws Exception {
    Element svg = parsed(new Chart("t", List.of()).add(new Bars("nothing", "ms")));
    assertThat(texts(svg)).containsExactly("t");
  }

  private static Element parsed(Chart chart) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    byte[] document = chart.svg().getBytes(StandardCharsets.UTF_8);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(document))
        .getDocumentElement();
  }

  private static List<String> texts(Element svg) {
    return elements(svg, "text").stream().map(Element::getTextContent).toList();
  }

  private static List<Element> shapes(Element svg, String name, String look) {
    return elements(svg, name).stream()
        .filter(element -> element.getAttribute("class").equals(look))
        .toList();
  }

  private static List<Element> elements(Element svg, String name) {
    NodeList nodes = svg.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int number = 0; number < nodes.getLength(); number++) {
      elements.add((Element) nodes.item(number));
    }
    return elements;
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static Samples samples(double... values) {
    Samples samples = new Samples();
    for (double value : values) {
      samples.add(value);
    }
    return samples;
  }
}
