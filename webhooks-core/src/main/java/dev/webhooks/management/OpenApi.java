package dev.webhooks.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;

/** Reads the description of the management API, which is a resource beside this class. */
final class OpenApi {
  private static final Set<String> OWN = Set.of("paths", "components");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private OpenApi() {}

  /** Returns the description, with the base path as its server. */
  static ObjectNode description(String basePath) {
    try (InputStream resource = OpenApi.class.getResourceAsStream("openapi.json")) {
      if (resource == null) {
        throw new FileNotFoundException("openapi.json is not in the jar");
      }
      ObjectNode description = (ObjectNode) MAPPER.readTree(resource);
      description.putArray("servers").addObject().put("url", basePath.isEmpty() ? "/" : basePath);
      return description;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a description together with what a host says of its own routes.
   *
   * @param own a JSON object with {@code paths} and {@code components}
   * @throws IllegalArgumentException if it is anything else, or says again what is there
   */
  static ObjectNode with(ObjectNode description, String own) {
    JsonNode added;
    try {
      added = MAPPER.readTree(own);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a description is JSON: " + e.getOriginalMessage(), e);
    }
    requireObject(added, "a description");
    ObjectNode merged = description.deepCopy();
    for (Map.Entry<String, JsonNode> section : added.properties()) {
      String name = section.getKey();
      if (!OWN.contains(name)) {
        throw new IllegalArgumentException("a description has paths and components, not " + name);
      }
      requireObject(section.getValue(), "in a description, " + name);
      // Both are objects of objects: operations by path, and components by their kind.
      for (Map.Entry<String, JsonNode> group : section.getValue().properties()) {
        add(merged.withObject("/" + name), group, name);
      }
    }
    return merged;
  }

  private static void add(ObjectNode section, Map.Entry<String, JsonNode> group, String name) {
    requireObject(group.getValue(), "in a description, " + name + " " + group.getKey());
    ObjectNode present = section.has(group.getKey())
        ? (ObjectNode) section.get(group.getKey())
        : section.putObject(group.getKey());
    for (Map.Entry<String, JsonNode> entry : group.getValue().properties()) {
      if (present.has(entry.getKey())) {
        throw new IllegalArgumentException("the description has " + name + " " + group.getKey()
            + " " + entry.getKey() + " already");
      }
      present.set(entry.getKey(), entry.getValue());
    }
  }

  private static void requireObject(JsonNode value, String what) {
    if (!value.isObject()) {
      throw new IllegalArgumentException(what + " is a JSON object");
    }
  }
}
