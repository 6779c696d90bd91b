package dev.webhooks.internal.json;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.Converter;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of webhooks, deliveries and results of tests, as their records say. Thread-safe.
 *
 * <p>Jackson looks at the records themselves, so a new component appears in both profiles.
 */
public final class ModelJson {
  private static final DateTimeFormatter MILLISECONDS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  /**
   * The profile for callers of the management API: without the account, times in UTC, cut to
   * milliseconds.
   */
  public static final ModelJson VIEW = new ModelJson(
      time -> MILLISECONDS.format(time),
      new ObjectMapper().addMixIn(Webhook.class, NoAccount.class));

  /** The profile for answers that are stored to be replayed: complete and exact. */
  public static final ModelJson REPLAY = new ModelJson(Instant::toString, new ObjectMapper());

  private final ObjectMapper mapper;

  private ModelJson(Function<Instant, String> time, ObjectMapper mapper) {
    SimpleModule texts = new SimpleModule();
    add(texts, Instant.class, time, Instant::parse);
    add(texts, DeliveryError.class, DeliveryError::code, DeliveryError::ofCode);
    add(texts, WebhookStatus.class, ModelJson::lower, text -> WebhookStatus.valueOf(upper(text)));
    add(texts, DeliveryStatus.class, ModelJson::lower, text -> DeliveryStatus.valueOf(upper(text)));
    this.mapper = mapper
        .addMixIn(WebhookStatistics.class, Totals.class)
        .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
        .registerModule(texts);
  }

  private static <T> void add(
      SimpleModule module,
      Class<T> type,
      Function<T, String> write,
      Function<String, @Nullable T> read) {
    module.addSerializer(
        type, new StdDelegatingSerializer(type, new Text<>(type, String.class, write)));
    module.addDeserializer(
        type, new StdDelegatingDeserializer<>(new Text<>(String.class, type, read)));
  }

  /** Returns a value of the model as an object that may be added to. */
  public ObjectNode tree(Object value) {
    return mapper.valueToTree(value);
  }

  /** Returns a value as UTF-8. */
  public byte[] write(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a value of the model can always be written", e);
    }
  }

  /** Reads a tree that this profile wrote. */
  public JsonNode readTree(byte[] json) {
    try {
      return mapper.readTree(json);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Reads a value that this profile wrote. */
  public <T> T read(JsonNode tree, Class<T> type) {
    try {
      return mapper.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    }
  }

  private static IllegalStateException unreadable(IOException fault) {
    return new IllegalStateException("the stored answer is not what this library writes", fault);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  /** A webhook without its account, which is the caller. */
  @JsonIgnoreProperties("account")
  private interface NoAccount {}

  /** Adds what is derived from the counters. */
  @JsonPropertyOrder({"total", "succeeded", "failed", "pending", "successRate"})
  private interface Totals {
    @JsonProperty
    long total();

    @JsonProperty
    @Nullable
    Double successRate();
  }

  /** A conversion from or to the text that stands for a value. */
  private record Text<A, B>(Class<A> from, Class<B> to, Function<A, @Nullable B> how)
      implements Converter<A, B> {
    @Override
    public @Nullable B convert(A value) {
      return how.apply(value);
    }

    @Override
    public JavaType getInputType(TypeFactory types) {
      return types.constructType(from);
    }

    @Override
    public JavaType getOutputType(TypeFactory types) {
      return types.constructType(to);
    }
  }
}
