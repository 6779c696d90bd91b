package dev.webhooks.testing.memory;

import dev.webhooks.spi.store.InstanceRegister;
import java.time.InstantSource;
import java.util.Map;

/** The register of instances in memory. */
final class MemoryInstances implements InstanceRegister {
  private final Tables tables;
  private final InstantSource clock;

  MemoryInstances(Tables tables, InstantSource clock) {
    this.tables = tables;
    this.clock = clock;
  }

  @Override
  public long register(String version) {
    return tables.locked(() -> {
      long number = tables.nextInstance();
      tables.beats().put(number, 0L);
      return number;
    });
  }

  @Override
  public InstanceRegister.Beat beat(long instance) {
    return tables.locked(() -> {
      boolean alive = tables.beats().computeIfPresent(instance, (number, beat) -> beat + 1) != null;
      return new InstanceRegister.Beat(alive, clock.instant(), Map.copyOf(tables.beats()));
    });
  }

  @Override
  public Map<Long, Long> beats() {
    return tables.locked(() -> Map.copyOf(tables.beats()));
  }

  @Override
  public void leave(long instance) {
    tables.lockedRun(() -> tables.beats().remove(instance));
  }

  @Override
  public boolean declareDead(long instance, long beatSeen) {
    return tables.locked(() -> {
      boolean buried = tables.beats().remove(instance, beatSeen);
      if (buried) {
        tables.takeFromTheDead(instance);
      }
      return buried;
    });
  }
}
