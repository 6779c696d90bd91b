package dev.webhooks.validation;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Decides which addresses may be dialled. Implementations are thread-safe.
 *
 * <p>A transport asks twice: {@link #resolve} once per attempt in place of its own look-up, also
 * when it could use a connection that is open, and {@link #check} for the concrete address at the
 * moment of connecting or of using an open connection again. It dials addresses that
 * {@link #resolve} returned for this attempt and no others.
 */
public interface TargetGuard {
  /**
   * Looks a host up and returns its addresses if every one of them may be dialled.
   *
   * @param host a name or the text of an address
   * @param atMost how long the caller can wait; the guard may give up earlier, and never waits
   *     longer
   * @return at least one address, each carrying the host's name
   * @throws TargetRefusedException if the name does not resolve in time, or an address may not be
   *     dialled
   */
  List<InetAddress> resolve(String host, Duration atMost) throws TargetRefusedException;

  /**
   * Checks an address that is about to be dialled, or whose connection is about to be used again.
   *
   * @param host the name that led to it, or the text of the address
   * @param address the address
   * @param port the port, 1 to 65535
   * @throws TargetRefusedException if it may not be dialled
   */
  void check(String host, InetAddress address, int port) throws TargetRefusedException;
}
