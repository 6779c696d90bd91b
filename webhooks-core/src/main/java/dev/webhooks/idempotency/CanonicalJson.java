package dev.webhooks.idempotency;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON so that two texts of one value become the same bytes, and of two values never. Blanks
 * are gone, the keys of an object are in the order of their UTF-16 code units (RFC 8785), strings
 * count by their value and numbers as they are written: {@code 1.0} is not {@code 1}.
 *
 * <p>The result is compared and never read: each member and element ends with a comma, so that the
 * members of an object can change places. One pass over the tokens, without recursion; what it
 * holds is the result, and of each open object the keys.
 */
final class CanonicalJson {
  private static final JsonFactory JSON = JsonFactory.builder()
      // The keys come from strangers: keep no table of them beyond one value.
      .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(Fingerprint.MAX_JSON_DEPTH)
          .maxNumberLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE)
          .build())
      .build();

  private final ExactText out;
  private @Nullable Container open;

  private CanonicalJson(int capacity) {
    out = new ExactText(capacity);
  }

  /**
   * Returns the canonical form.
   *
   * @param json one JSON value in UTF-8
   * @throws IllegalArgumentException if it is none or too deep; the message quotes nothing of it
   */
  static ExactText of(byte[] json) {
    // A parser of bytes would guess other encodings.
    char[] chars = new String(json, StandardCharsets.UTF_8).toCharArray();
    CanonicalJson canonical = new CanonicalJson(json.length + json.length / 8 + 16);
    try (JsonParser parser = JSON.createParser(chars)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        canonical.write(token, parser);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON, or nested too deep");
    }
    return canonical.out;
  }

  private void write(JsonToken token, JsonParser parser) throws IOException {
    switch (token) {
      case START_OBJECT -> begin('{');
      case START_ARRAY -> begin('[');
      case FIELD_NAME -> key(parser);
      case END_OBJECT -> end('}');
      case END_ARRAY -> end(']');
      case VALUE_STRING -> {
        out.quoted(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        out.ascii(',');
      }
      default -> {
        out.text(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        out.ascii(',');
      }
    }
  }

  private void begin(char bracket) {
    out.ascii(bracket);
    open = new Container(open);
  }

  private void key(JsonParser parser) throws IOException {
    if (open != null) {
      open.begin(parser.currentName(), out.size());
    }
    out.quoted(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    out.ascii(':');
  }

  private void end(char bracket) {
    if (open != null) {
      open.sort(out);
      open = open.outer;
    }
    out.ascii(bracket);
    out.ascii(',');
  }

  /** An object or array that has not ended, with what an object has so far. */
  private static final class Container {
    private final @Nullable Container outer;
    private final List<Member> members = new ArrayList<>();
    private boolean sorted = true;

    Container(@Nullable Container outer) {
      this.outer = outer;
    }

    void begin(String key, int start) {
      if (!members.isEmpty()) {
        Member last = members.get(members.size() - 1);
        last.end = start;
        sorted &= last.key.compareTo(key) < 0;
      }
      members.add(new Member(key, start));
    }

    /** Brings the members, which are the last of what was written, into the order of their keys. */
    void sort(ExactText out) {
      if (sorted) {
        return;
      }
      int start = members.get(0).start;
      members.get(members.size() - 1).end = out.size();
      members.sort(Comparator.comparing(member -> member.key));
      byte[] inOrder = new byte[out.size() - start];
      int size = 0;
      for (Member member : members) {
        int length = member.end - member.start;
        System.arraycopy(out.array(), member.start, inOrder, size, length);
        size += length;
      }
      out.replaceFrom(start, inOrder);
    }
  }

  /** Where the text of a key and its value lies. */
  private static final class Member {
    private final String key;
    private final int start;
    private int end;

    Member(String key, int start) {
      this.key = key;
      this.start = start;
    }
  }
}
