package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A real browser without a window, and what a person does with it. */
final class Browser implements AutoCloseable {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofSeconds(RestServerProcess.PATIENCE_SECONDS);

  /** Where to put pictures of what was inspected, for whoever wants to look at them. */
  private static final String SHOTS = System.getProperty("portal.shots", "");

  private static final Map<String, Object> PHONE =
      Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true);

  private static final String AXE_RUN = """
      const done = arguments[0];
      axe.run().then(
        found => done(found.violations.map(v => v.id + ': '
          + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))),
        error => done([String(error)]));
      """;
  private static final String TOO_WIDE = """
      return document.documentElement.scrollWidth > innerWidth
        ? [...document.querySelectorAll('main *')]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML) : [];
      """;
  private static final String TOO_SMALL = """
      return [...document.querySelectorAll(
          'button, .button, select, textarea, input:not([type=checkbox]), label.choice,'
          + '.subject > a, .host a')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML);
      """;
  private static final String AWAIT = """
      const [condition, given, done] = arguments;
      const holds = {
        text: () => document.body.textContent.includes(given),
        noText: () => !document.body.textContent.includes(given),
        element: () => document.querySelector(given) !== null,
        focus: () => document.activeElement?.matches(given),
        hash: () => location.hash === given,
        heading: () => document.querySelector('h1')?.textContent === given
      }[condition];
      const end = Date.now() + 240000;
      (function look() {
        if (holds()) { done(true); }
        else if (Date.now() > end) { done(false); }
        else { setTimeout(look, 20); }
      })();
      """;

  private final ChromeDriver driver;
  private final String axe;
  private final Path profile;

  private Browser(ChromeDriver driver, String axe, Path profile) {
    this.driver = driver;
    this.axe = axe;
    this.profile = profile;
  }

  /** Returns whether there is a browser on this machine. */
  static boolean isInstalled() {
    return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
  }

  static Browser start() {
    Path profile = temporaryDirectory();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--lang=en-GB",
        "--window-size=1280,900",
        "--user-data-dir=" + profile);
    ChromeDriverService service = new ChromeDriverService.Builder()
        .usingDriverExecutable(DRIVER.toFile())
        .usingAnyFreePort()
        .build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().timeouts().implicitlyWait(PATIENCE).scriptTimeout(PATIENCE);
    return new Browser(driver, axe(), profile);
  }

  void open(String url) {
    driver.get("about:blank");
    driver.get(url);
  }

  /** Goes to a view of the page that is open. */
  void view(String path) {
    js("location.hash = arguments[0]", "#/" + path);
  }

  String address() {
    return String.valueOf(driver.getCurrentUrl());
  }

  /** Presses the button or follows the link with a text, the last if there are several. */
  void click(String text) {
    clickOn(By.xpath("(//button[normalize-space()='" + text + "'] | //a[normalize-space()='" + text
        + "'])[last()]"));
  }

  void clickOn(By place) {
    for (int i = 0; i < 5; i++) {
      try {
        driver.findElement(place).click();
        return;
      } catch (StaleElementReferenceException e) {
        // It was drawn anew in between.
      }
    }
    throw new AssertionError("cannot be clicked: " + place);
  }

  void check(String value) {
    clickOn(By.cssSelector("input[type=checkbox][value='" + value + "']"));
  }

  /** Types into the control with a label, in place of what is there. */
  void type(String label, String text) {
    WebElement control = control(label);
    control.clear();
    control.sendKeys(text);
  }

  /** Types into the control with a label as no keyboard can: any characters, or a date. */
  void set(String label, String text) {
    js(
        "arguments[0].value = arguments[1];"
            + "arguments[0].dispatchEvent(new Event('change', {bubbles: true}));",
        control(label),
        text);
  }

  WebElement control(String label) {
    return driver.findElement(By.xpath("(//*[@aria-label='" + label
        + "'] | //*[@id=//label[normalize-space()='" + label + "']/@for])[last()]"));
  }

  void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(Keys.chord(keys));
  }

  /** Waits until what is shown has a text. */
  void awaitText(String text) {
    await("text", text);
  }

  void awaitNoText(String text) {
    await("noText", text);
  }

  void awaitElement(String selector) {
    await("element", selector);
  }

  void awaitFocus(String selector) {
    await("focus", selector);
  }

  void awaitHeading(String text) {
    await("heading", text);
  }

  void awaitHash(String hash) {
    await("hash", hash);
  }

  /** Comes back to the page, which then is brought up to date at once. */
  void lookAgain() {
    js("document.dispatchEvent(new Event('visibilitychange'))");
  }

  void awaitScript(String script) {
    Object held = false;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Boolean.TRUE.equals(held) && System.nanoTime() < end) {
      held = js(script);
    }
    assertThat(held).as(script).isEqualTo(true);
  }

  /** Returns what stands under a field as wrong, and that a screen reader is told so. */
  String problem(String field) {
    awaitElement("[data-field=" + field + "] .problem:not(:empty)");
    return (String) js(
        "const field = document.querySelector('[data-field=' + arguments[0] + ']');"
            + "const problem = field.querySelector('.problem');"
            + "return field.querySelector('[aria-describedby~=' + problem.id + ']') !== null"
            + " ? problem.textContent : 'not tied to its control';",
        field);
  }

  void inFrame() {
    driver.switchTo().frame(driver.findElement(By.tagName("iframe")));
  }

  void outOfFrame() {
    driver.switchTo().defaultContent();
  }

  Object js(String script, Object... arguments) {
    return ((JavascriptExecutor) driver).executeScript(script, arguments);
  }

  /** Runs a script at the beginning of every page from now on, before those of the page. */
  String atStart(String script) {
    return String.valueOf(
        cdp("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script)).get("identifier"));
  }

  void notAtStart(String identifier) {
    cdp("Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", identifier));
  }

  String text() {
    return String.valueOf(js("return document.body.textContent"));
  }

  /** Returns what a script finds while the page is as narrow as a phone. */
  Object onPhone(String script) {
    cdp("Emulation.setDeviceMetricsOverride", PHONE);
    try {
      return js(script);
    } finally {
      cdp("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  /** Checks what is open as it looks by day, by night and on a phone. */
  void inspect(String view) {
    scheme("light");
    requireAccessible(view + " by day");
    shoot(view + "-light");
    scheme("dark");
    requireAccessible(view + " by night");
    shoot(view + "-dark");
    scheme("light");
    cdp("Emulation.setDeviceMetricsOverride", PHONE);
    assertThat((List<?>) js(TOO_WIDE)).as(view + " is as wide as a phone").isEmpty();
    assertThat((List<?>) js(TOO_SMALL)).as(view + " can be used with a thumb").isEmpty();
    shoot(view + "-phone");
    cdp("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  /** Ignores failures: processes may still write while they end. */
  @Override
  public void close() {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("some files stay in " + profile + ": " + e);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("browser");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireAccessible(String view) {
    if (!Boolean.TRUE.equals(js("return typeof axe === 'object'"))) {
      js(axe);
    }
    assertThat((List<?>) driver.executeAsyncScript(AXE_RUN)).as(view).isEmpty();
  }

  private void scheme(String value) {
    Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", value);
    Map<String, String> still = Map.of("name", "prefers-reduced-motion", "value", "reduce");
    cdp("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme, still)));
  }

  private void shoot(String name) {
    if (!SHOTS.isEmpty()) {
      try {
        Files.createDirectories(Path.of(SHOTS));
        Object whole =
            cdp("Page.captureScreenshot", Map.of("captureBeyondViewport", true)).get("data");
        Files.write(
            Path.of(SHOTS, name + ".png"), Base64.getDecoder().decode(String.valueOf(whole)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void await(String condition, String given) {
    Object held = driver.executeAsyncScript(AWAIT, condition, given);
    if (!Boolean.TRUE.equals(held)) {
      shoot("failure");
      throw new AssertionError(
          "no " + condition + " <" + given + "> at " + address() + ": " + text());
    }
  }

  private Map<String, Object> cdp(String command, Map<String, Object> parameters) {
    return driver.executeCdpCommand(command, parameters);
  }

  private static String axe() {
    try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
