package dev.webhooks.internal.validation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.webhooks.spi.JsonCodec;
import dev.webhooks.spi.JsonEncodingException;
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
import java.util.Objects;
import java.util.regex.Pattern;

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

  private static final int MAX_PATH = 10;
  private static final int MAX_CAUSES = 20;

  /** A key that looks otherwise may be a value in disguise, such as a customer's address. */
  private static final Pattern PROPERTY = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$-]{0,63}");

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
    Objects.requireNonNull(data, "data");
    try {
      return mapper.writeValueAsBytes(data);
    } catch (JsonProcessingException e) {
      // Without the cause, whose message may quote the data.
      throw new JsonEncodingException(
          path(e),
          "Jackson cannot encode a " + data.getClass().getName() + ": "
              + e.getClass().getSimpleName() + causedBy(e));
    }
  }

  /** Returns the type of the innermost cause, such as that of an association not loaded in time. */
  private static String causedBy(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    return cause == failure ? "" : ", caused by " + cause.getClass().getName();
  }

  /** Returns the names that lead to what Jackson stumbled over; keys that are data are hidden. */
  private static String path(JsonProcessingException failure) {
    StringBuilder path = new StringBuilder("data");
    List<JsonMappingException.Reference> references =
        failure instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
    references.stream().limit(MAX_PATH).forEach(reference -> {
      String name = reference.getFieldName();
      if (name == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append('.').append(PROPERTY.matcher(name).matches() ? name : "?");
      }
    });
    return references.size() > MAX_PATH ? path.append("...").toString() : path.toString();
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
