package dev.webhooks.internal.validation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventType;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.JsonCodec;
import dev.webhooks.spi.JsonEncodingException;
import dev.webhooks.validation.PayloadPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/** Reads every token of a payload once, and keeps none but the names of the outermost fields. */
public final class JsonPayloadPolicy implements PayloadPolicy {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_DIGITS = 1000;

  private final JsonFactory json = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      // The keys come from strangers: keep no table of them beyond one payload.
      .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNumberLength(MAX_DIGITS)
          .build())
      .build();

  private final JsonCodec codec;
  private final int maxBytes;

  public JsonPayloadPolicy(JsonCodec codec, int maxBytes) {
    if (maxBytes < 2) {
      throw new IllegalArgumentException("a payload has at least 2 bytes, not " + maxBytes);
    }
    this.codec = codec;
    this.maxBytes = maxBytes;
  }

  @Override
  public byte[] read(Event event, EventType type) {
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(type, "type");
    byte[] data = bytes(event);
    if (data.length > maxBytes) {
      throw new WebhookException(
          ErrorCode.PAYLOAD_TOO_LARGE, "data must have at most " + maxBytes + " bytes of JSON");
    }
    Set<String> missing = new LinkedHashSet<>(type.requiredFields());
    readObject(decode(data), missing);
    if (!missing.isEmpty()) {
      throw invalid(
          "data lacks required fields of " + type.name() + ": " + String.join(", ", missing));
    }
    return data;
  }

  private byte[] bytes(Event event) {
    if (event.isJson()) {
      return event.data() instanceof String text ? utf8(text) : (byte[]) event.data();
    }
    try {
      return codec.encode(event.data());
    } catch (IllegalArgumentException e) {
      String where = e instanceof JsonEncodingException known ? "; see " + known.path() : "";
      throw new WebhookException(
          ErrorCode.INVALID_REQUEST, "data cannot be encoded as JSON" + where, e);
    }
  }

  private static byte[] utf8(String text) {
    int half = SafeText.indexOfHalf(text);
    if (half >= 0) {
      int lineStart = text.lastIndexOf('\n', half) + 1;
      long line =
          1 + text.substring(0, lineStart).chars().filter(c -> c == '\n').count();
      throw half(line, half - lineStart + 1);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Decodes first, since a parser of bytes would guess other encodings and pass over bad ones. */
  private static CharBuffer decode(byte[] data) {
    ByteBuffer bytes = ByteBuffer.wrap(data);
    CharBuffer text = CharBuffer.allocate(data.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    if (decoder.decode(bytes, text, true).isError()) {
      throw invalid("data must be valid UTF-8; see byte " + (bytes.position() + 1));
    }
    return text.flip();
  }

  private void readObject(CharBuffer text, Set<String> missing) {
    boolean halves = hasEscapedSurrogate(text);
    try (JsonParser parser =
        json.createParser(text.array(), text.arrayOffset(), text.remaining())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw invalid("data must be a JSON object");
      }
      for (int depth = 1; depth > 0; ) {
        depth += step(parser, depth, missing);
        if (halves) {
          requireWhole(parser);
        }
      }
      if (parser.nextToken() != null) {
        throw invalid("data must be one JSON object and nothing behind it");
      }
    } catch (StreamConstraintsException e) {
      throw invalid(
          "data is nested deeper than " + MAX_DEPTH + ", or has too long a number or key");
    } catch (JsonProcessingException e) {
      // Without the parser's message, which quotes the data.
      throw invalid("data must be valid JSON without duplicate keys; see line "
          + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory does not fail", e);
    }
  }

  /** Reads a token and returns by how much it changes the depth. */
  private static int step(JsonParser parser, int depth, Set<String> missing) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw invalid("data ends within its JSON object");
    }
    if (token == JsonToken.FIELD_NAME && depth == 1 && !missing.isEmpty()) {
      missing.remove(parser.currentName());
    }
    return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
  }

  /** Returns whether an escape may stand for half a surrogate pair; most payloads have none. */
  private static boolean hasEscapedSurrogate(CharBuffer text) {
    char[] chars = text.array();
    int end = text.arrayOffset() + text.remaining() - 2;
    for (int i = text.arrayOffset(); i < end; i++) {
      if (chars[i] == '\\' && chars[i + 1] == 'u' && (chars[i + 2] | 0x20) == 'd') {
        return true;
      }
    }
    return false;
  }

  private static void requireWhole(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    boolean isText = token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING;
    if (isText && SafeText.indexOfHalf(parser.getText()) >= 0) {
      JsonLocation start = parser.currentTokenLocation();
      throw half(start.getLineNr(), start.getColumnNr());
    }
  }

  private static WebhookException half(long line, int column) {
    return invalid("data must not have half a surrogate pair in a text; see line " + line
        + ", column " + column);
  }

  private static WebhookException invalid(String message) {
    return new WebhookException(ErrorCode.INVALID_REQUEST, message);
  }
}
