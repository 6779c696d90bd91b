package dev.webhooks.okhttp;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the one or two calls of an attempt share; confined to the thread that sends. */
final class Attempt {
  final Deadline deadline;

  /** What the guard answered, so that it is asked once. */
  @Nullable
  List<InetAddress> addresses;

  Attempt(Deadline deadline) {
    this.deadline = deadline;
  }
}
