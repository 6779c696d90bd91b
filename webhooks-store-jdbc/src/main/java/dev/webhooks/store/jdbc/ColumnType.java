package dev.webhooks.store.jdbc;

import java.time.Instant;
import java.util.UUID;

/** The column types of {@link Rows}; a statement names them in lower case. */
enum ColumnType {
  BIGINT(Long.class),
  INT(Integer.class),
  UUID(UUID.class),
  KEY(String.class),
  TEXT(String.class),
  BYTES(byte[].class),
  TIME(Instant.class);

  final Class<?> javaType;

  ColumnType(Class<?> javaType) {
    this.javaType = javaType;
  }
}
