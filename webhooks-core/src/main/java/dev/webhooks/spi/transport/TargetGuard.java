package dev.webhooks.spi.transport;

import java.net.InetAddress;
import java.util.List;

/**
 * Decides which addresses may be dialled. Implementations are thread-safe.
 *
 * <p>A transport asks twice: {@link #resolve} once per attempt in place of its own look-up, and
 * {@link #check} for the concrete address at the moment of connecting, which also catches hosts
 * that are addresses already.
 */
public interface TargetGuard {
  /**
   * Looks a host up, within bounded time, and returns its addresses if every one of them may be
   * dialled.
   *
   * @param host a name or the text of an address
   * @return at least one address, each carrying the host's name
   * @throws TargetRefusedException if the name does not resolve in time, or an address may not be
   *     dialled
   */
  List<InetAddress> resolve(String host) throws TargetRefusedException;

  /**
   * Checks an address that is about to be dialled.
   *
   * @param host the name that led to it, or the text of the address
   * @param address the address
   * @throws TargetRefusedException if it may not be dialled
   */
  void check(String host, InetAddress address) throws TargetRefusedException;
}
