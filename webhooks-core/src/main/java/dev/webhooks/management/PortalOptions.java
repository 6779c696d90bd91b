package dev.webhooks.management;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How the page for customers looks in its host: its title, the ways back and out, and who may embed
 * it. Immutable; each method returns a changed copy.
 */
public final class PortalOptions {
  /** How many characters a title or label has at most. */
  private static final int MAX_TEXT = 80;

  private static final Pattern ORIGIN =
      Pattern.compile("https?://([a-z0-9.-]+|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?");
  private static final Pattern DEFAULT_PORT = Pattern.compile("https://.*:443|http://.*:80");
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private static final PortalOptions STANDARD = new PortalOptions("", "", "", "", List.of());

  private final String title;
  private final String backLabel;
  private final String backUrl;
  private final String signOutUrl;
  private final List<String> embeddedIn;

  private PortalOptions(
      String title, String backLabel, String backUrl, String signOutUrl, List<String> embeddedIn) {
    this.title = title;
    this.backLabel = backLabel;
    this.backUrl = backUrl;
    this.signOutUrl = signOutUrl;
    this.embeddedIn = embeddedIn;
  }

  /** Returns a page with no title, no way back or out, that no other page may embed. */
  public static PortalOptions standard() {
    return STANDARD;
  }

  /**
   * Shows a title above the page and in the name of its tab.
   *
   * @param title 1 to 80 characters of plain text, such as the host's name
   * @throws IllegalArgumentException if it is blank, longer, or has a character that cannot be seen
   */
  public PortalOptions title(String title) {
    return new PortalOptions(text("a title", title), backLabel, backUrl, signOutUrl, embeddedIn);
  }

  /**
   * Shows a link back to the host. It is not shown while another page embeds this one, since that
   * page is around it.
   *
   * @param label what the link says, 1 to 80 characters of plain text, such as {@code Back to Acme}
   * @param url an {@code https} or {@code http} URL, or a path of the portal's own origin that
   *     begins with one slash
   * @throws IllegalArgumentException if the label or the URL has another form
   */
  public PortalOptions backTo(String label, String url) {
    return new PortalOptions(
        title, text("a label", label), link("a link back", url), signOutUrl, embeddedIn);
  }

  /**
   * Shows a link that makes the page forget its token and then goes to the host, which ends the
   * session. It is not shown while another page embeds this one.
   *
   * @param url as for {@link #backTo}; the browser asks for it with GET
   * @throws IllegalArgumentException if the URL has another form
   */
  public PortalOptions signOut(String url) {
    return new PortalOptions(
        title, backLabel, backUrl, link("a link to sign out", url), embeddedIn);
  }

  /**
   * Lets pages of some origins embed the portal and give it a token, and of no others.
   *
   * @param origins as browsers write them, such as {@code https://app.acme.example}; none for no
   *     page at all
   * @throws IllegalArgumentException if one has another form
   */
  public PortalOptions embeddedIn(String... origins) {
    if (!Arrays.stream(origins).allMatch(PortalOptions::isOrigin)) {
      throw new IllegalArgumentException(
          "an origin looks like https://app.acme.example, in lower case, with neither a path nor"
              + " the default port");
    }
    return new PortalOptions(title, backLabel, backUrl, signOutUrl, List.of(origins));
  }

  /** Returns the title, or an empty text. */
  String title() {
    return title;
  }

  /** Returns what the link back says, or an empty text. */
  String backLabel() {
    return backLabel;
  }

  /** Returns where the link back leads, or an empty text. */
  String backUrl() {
    return backUrl;
  }

  /** Returns where the session is ended, or an empty text. */
  String signOutUrl() {
    return signOutUrl;
  }

  /** Returns the origins that may embed the page, separated by blanks. */
  String origins() {
    return String.join(" ", embeddedIn);
  }

  private static boolean isOrigin(String origin) {
    return ORIGIN.matcher(origin).matches() && !DEFAULT_PORT.matcher(origin).matches();
  }

  private static String text(String what, String text) {
    if (text.isBlank() || text.length() > MAX_TEXT || INVISIBLE.matcher(text).find()) {
      throw new IllegalArgumentException(
          what + " has 1 to " + MAX_TEXT + " characters, all of which can be seen");
    }
    return text.strip();
  }

  /** Refuses every scheme that could run a script, and what browsers read in another way. */
  private static String link(String what, String url) {
    try {
      URI uri = new URI(url);
      if (isWeb(uri) || isPath(uri)) {
        return uri.toASCIIString();
      }
    } catch (URISyntaxException e) {
      // Refused below.
    }
    throw new IllegalArgumentException(
        what + " is an https or http URL without user and password, or a path that begins with one"
            + " slash");
  }

  private static boolean isWeb(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return (scheme.equals("https") || scheme.equals("http"))
        && uri.getHost() != null
        && uri.getRawUserInfo() == null;
  }

  private static boolean isPath(URI uri) {
    // Not the path itself: it has one slash also where the text has three.
    String text = uri.getRawSchemeSpecificPart();
    return uri.getScheme() == null && text.startsWith("/") && !text.startsWith("//");
  }
}
