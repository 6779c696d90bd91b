package dev.webhooks.examples.benchmark.chaos;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Ends a database server when this process ends, even if it is killed: a shell that waits for the
 * end of its input, which this process holds, and then kills what a file names.
 */
final class Guardian implements AutoCloseable {
  private final Process shell;

  private Guardian(Process shell) {
    this.shell = shell;
  }

  static Guardian over(Path pidFile) throws IOException {
    // Deaf to what a terminal sends to all of its processes, it outlives this one.
    String script = "trap '' INT TERM HUP; cat > /dev/null; test -f \"$0\""
        + " && kill -KILL \"$(head -n 1 \"$0\")\"";
    Process shell = new ProcessBuilder("sh", "-c", script, pidFile.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    return new Guardian(shell);
  }

  /** Lets go of the server, which has been stopped. */
  @Override
  public void close() throws IOException {
    shell.destroyForcibly();
    shell.getOutputStream().close();
  }
}
