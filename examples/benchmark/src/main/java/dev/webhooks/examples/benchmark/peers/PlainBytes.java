package dev.webhooks.examples.benchmark.peers;

import com.github.kagkarlsson.scheduler.serializer.Serializer;

/** Stores the data of tasks, which are bytes already, as they are. */
final class PlainBytes implements Serializer {
  @Override
  public byte[] serialize(Object data) {
    return (byte[]) data;
  }

  @Override
  public <T> T deserialize(Class<T> type, byte[] data) {
    return type.cast(data);
  }
}
