package dev.webhooks.management;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.webhooks.model.WebhookException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads the fields of a body that is one JSON object. Strict: bad UTF-8, duplicate keys, unknown
 * fields and trailing content are refused. A field that is null counts as one that is not there.
 *
 * <p>Every refusal is a {@link WebhookException} with {@code INVALID_REQUEST} that names the field.
 * Immutable and thread-safe.
 */
public final class Body {
  private static final int MAX_DEPTH = 100;

  private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // The keys come from strangers: keep no table of them beyond one body.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private final String text;
  private final JsonNode object;

  private Body(String text, JsonNode object) {
    this.text = text;
    this.object = object;
  }

  /**
   * Reads a body.
   *
   * @param bytes the body
   * @param known the names its fields may have
   */
  static Body parse(byte[] bytes, String... known) {
    String text = decode(bytes);
    JsonNode object = read(text);
    if (!object.isObject()) {
      throw Refusals.invalid("the body must be a JSON object");
    }
    List<String> names = List.of(known);
    object.fieldNames().forEachRemaining(name -> {
      if (!names.contains(name)) {
        throw Refusals.invalid("unknown field " + Refusals.quote(name) + "; "
            + (names.isEmpty() ? "none is" : String.join(", ", names) + " are") + " known here");
      }
    });
    return new Body(text, object);
  }

  /** Reads a body that may be missing, which then has no fields. */
  static Body parseOptional(byte[] bytes, String... known) {
    return bytes.length == 0 ? new Body("{}", JSON.createObjectNode()) : parse(bytes, known);
  }

  /** Returns whether a field is there and null, for the one operation where that says something. */
  boolean isNull(String field) {
    return object.path(field).isNull();
  }

  /**
   * Returns a field that must be there and be a string.
   *
   * @param field its name
   */
  public String requiredText(String field) {
    return text(field).orElseThrow(() -> Refusals.invalid(field + " is missing"));
  }

  /**
   * Returns a field that must be a string, or empty if it is not there or null.
   *
   * @param field its name
   */
  public Optional<String> text(String field) {
    return field(field).map(value -> text(value, field + " must be a string"));
  }

  /**
   * Returns a field that must be an integer, or empty if it is not there or null.
   *
   * @param field its name
   */
  public Optional<Integer> integer(String field) {
    return field(field).map(value -> {
      require(value.isInt(), field + " must be an integer");
      return value.intValue();
    });
  }

  /**
   * Returns a field that must be an object and be there, as the JSON text that the caller wrote:
   * numbers and the order of keys are unchanged.
   *
   * @param field its name
   */
  public String requiredJson(String field) {
    return json(field).orElseThrow(() -> Refusals.invalid(field + " is missing"));
  }

  /**
   * Returns a field that must be an object as {@link #requiredJson} does, or empty if it is not
   * there or null.
   *
   * @param field its name
   */
  public Optional<String> json(String field) {
    return field(field).map(value -> {
      require(value.isObject(), field + " must be an object");
      return verbatim(field);
    });
  }

  private String verbatim(String field) {
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      while (!field.equals(parser.nextFieldName())) {
        parser.skipChildren();
      }
      parser.nextToken();
      int start = (int) parser.currentTokenLocation().getCharOffset();
      parser.skipChildren();
      return text.substring(start, (int) parser.currentLocation().getCharOffset());
    } catch (IOException e) {
      throw new IllegalStateException("what was read once can be read again", e);
    }
  }

  Optional<List<String>> texts(String field) {
    return field(field).map(value -> {
      String rule = field + " must be an array of strings";
      require(value.isArray(), rule);
      List<String> texts = new ArrayList<>();
      value.forEach(element -> texts.add(text(element, rule)));
      return texts;
    });
  }

  Optional<Map<String, String>> textMap(String field) {
    return field(field).map(value -> {
      String rule = field + " must be an object whose values are strings";
      require(value.isObject(), rule);
      Map<String, String> texts = new LinkedHashMap<>();
      value.properties().forEach(entry -> texts.put(entry.getKey(), text(entry.getValue(), rule)));
      return texts;
    });
  }

  private Optional<JsonNode> field(String field) {
    Objects.requireNonNull(field, "field");
    return Optional.ofNullable(object.get(field)).filter(value -> !value.isNull());
  }

  private static String text(JsonNode value, String rule) {
    require(value.isTextual(), rule);
    return value.textValue();
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw Refusals.invalid(rule);
    }
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw notJson(e.getLocation());
    }
  }

  /** Decodes first, since a parser of bytes would guess other encodings and pass over bad ones. */
  private static String decode(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw Refusals.invalid("the body must be valid UTF-8");
    }
  }

  /** Says where, without the parser's message, which quotes the body. */
  private static WebhookException notJson(JsonLocation where) {
    String rule = "the body must be one JSON object without duplicate keys and at most " + MAX_DEPTH
        + " levels deep";
    return Refusals.invalid(
        where == null
            ? rule
            : rule + "; see line " + where.getLineNr() + ", column " + where.getColumnNr());
  }
}
