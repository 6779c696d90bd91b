package dev.webhooks;

import com.fasterxml.jackson.core.Version;
import java.util.Comparator;

/**
 * The Jackson on the class path. Maven takes the version that is nearest in the host's tree of
 * dependencies, which may be older than what this library is compiled against.
 */
final class JacksonVersion {
  private static final int MAJOR = 2;
  private static final int OLDEST_MINOR = 15;
  private static final Comparator<Version> BY_MINOR =
      Comparator.comparingInt(Version::getMajorVersion).thenComparingInt(Version::getMinorVersion);

  private JacksonVersion() {}

  /**
   * Checks that this library can work with it.
   *
   * @throws IllegalStateException if not, naming what was found and what to do
   */
  static void require() {
    require(
        com.fasterxml.jackson.core.json.PackageVersion.VERSION,
        com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION);
  }

  private static void require(Version core, Version databind) {
    Version oldest = new Version(MAJOR, OLDEST_MINOR, 0, null, null, null);
    if (BY_MINOR.compare(core, oldest) < 0
        || BY_MINOR.compare(databind, oldest) < 0
        || BY_MINOR.compare(core, databind) < 0) {
      throw new IllegalStateException("webhooks-core needs Jackson " + MAJOR + "." + OLDEST_MINOR
          + " or later, all parts of one version, but found jackson-core " + core
          + " and jackson-databind " + databind
          + ": import com.fasterxml.jackson:jackson-bom of a newer version in Maven's"
          + " dependencyManagement, before any other that manages Jackson");
    }
  }
}
