package dev.webhooks.validation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.webhooks.spi.JsonCodec;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * Encodes data with Jackson 2: maps, lists, strings, numbers, booleans, null, enums, and beans and
 * records as Jackson sees them.
 *
 * <p>{@code BigDecimal} is written in plain digits, times and dates of {@code java.time} and
 * {@code java.util.Date} as ISO 8601 texts. No module of Jackson is needed or looked for.
 * Thread-safe.
 */
public final class JacksonJsonCodec implements JsonCodec {
  private static final List<Class<?>> ISO_BY_TO_STRING = List.of(
      Duration.class,
      Instant.class,
      LocalDate.class,
      LocalDateTime.class,
      LocalTime.class,
      OffsetDateTime.class,
      OffsetTime.class,
      Period.class,
      Year.class,
      YearMonth.class);

  private final ObjectMapper mapper = JsonMapper.builder()
      .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .addModule(isoTimes())
      .build();

  private JacksonJsonCodec() {}

  /** Returns the library's default codec. */
  public static JsonCodec create() {
    return new JacksonJsonCodec();
  }

  @Override
  public byte[] encode(Object data) {
    try {
      return mapper.writeValueAsBytes(data);
    } catch (JsonProcessingException e) {
      // Without the cause, whose message may quote the data.
      throw new IllegalArgumentException("Jackson cannot encode a "
          + data.getClass().getName() + ": " + e.getClass().getSimpleName());
    }
  }

  private static SimpleModule isoTimes() {
    SimpleModule module = new SimpleModule("webhooks-iso-times");
    ISO_BY_TO_STRING.forEach(type -> module.addSerializer(type, ToStringSerializer.instance));
    return module.addSerializer(ZonedDateTime.class, new ZonedDateTimeSerializer());
  }

  /** Leaves out the region, which ISO 8601 does not know. */
  private static final class ZonedDateTimeSerializer extends JsonSerializer<ZonedDateTime> {
    @Override
    public void serialize(ZonedDateTime time, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(time.toOffsetDateTime().toString());
    }
  }
}
