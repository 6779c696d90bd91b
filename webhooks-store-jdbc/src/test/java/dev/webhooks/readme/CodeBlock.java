package dev.webhooks.readme;

import java.nio.file.Path;

/**
 * A fenced block of a README.
 *
 * @param file where it stands, relative to the project
 * @param line in which line it begins
 * @param heading the heading above it
 * @param language what follows the opening fence; may be empty
 * @param source the file that it says it is quoted from, relative to the project; empty if it says
 *     nothing
 * @param text its lines
 */
record CodeBlock(Path file, int line, String heading, String language, String source, String text) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
