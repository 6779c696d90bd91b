package dev.webhooks.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares a value with a schema of the description: types, enumerations, and that the properties
 * are exactly the documented ones, whether or not the schema allows others. Knows {@code $ref} and
 * {@code allOf}, and nothing else of JSON Schema.
 */
final class SchemaCheck {
  private final JsonNode description;
  private final List<String> problems = new ArrayList<>();

  private SchemaCheck(JsonNode description) {
    this.description = description;
  }

  /** Returns where a value differs from a schema; empty if it does not. */
  static List<String> problems(JsonNode description, JsonNode schema, JsonNode value) {
    SchemaCheck check = new SchemaCheck(description);
    check.check("$", schema, value);
    return check.problems;
  }

  private void check(String at, JsonNode schema, JsonNode value) {
    List<JsonNode> parts = parts(schema);
    for (JsonNode part : parts) {
      checkType(at, part, value);
    }
    if (value.isArray()) {
      value.forEach(element -> check(at + "[]", parts.get(0).path("items"), element));
    }
    if (value.isObject()) {
      checkObject(at, parts, value);
    }
  }

  private void checkType(String at, JsonNode schema, JsonNode value) {
    Set<String> types = new TreeSet<>();
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      types.add(type.asText());
    }
    type.forEach(one -> types.add(one.asText()));
    boolean fits = types.contains(typeOf(value))
        || (typeOf(value).equals("integer") && types.contains("number"));
    if (!fits) {
      problems.add(at + " is of type " + typeOf(value) + ", not " + types);
    }
    if (schema.has("enum") && !contains(schema.path("enum"), value)) {
      problems.add(at + " is " + value + ", not one of " + schema.path("enum"));
    }
  }

  private void checkObject(String at, List<JsonNode> parts, JsonNode value) {
    Map<String, JsonNode> known = new LinkedHashMap<>();
    Set<String> required = new TreeSet<>();
    boolean open = true;
    for (JsonNode part : parts) {
      part.path("properties").properties().forEach(p -> known.put(p.getKey(), p.getValue()));
      part.path("required").forEach(name -> required.add(name.asText()));
      open &= !part.has("properties");
    }
    for (String name : required) {
      if (!value.has(name)) {
        problems.add(at + " lacks " + name);
      }
    }
    for (Map.Entry<String, JsonNode> property : value.properties()) {
      JsonNode schema = known.get(property.getKey());
      if (schema != null) {
        check(at + "." + property.getKey(), schema, property.getValue());
      } else if (!open) {
        problems.add(at + " has the undocumented " + property.getKey());
      }
    }
  }

  private List<JsonNode> parts(JsonNode schema) {
    if (schema.has("$ref")) {
      return parts(description.at(schema.path("$ref").asText().substring(1)));
    }
    if (!schema.has("allOf")) {
      return List.of(schema);
    }
    List<JsonNode> parts = new ArrayList<>();
    schema.path("allOf").forEach(part -> parts.addAll(parts(part)));
    return parts;
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode one : values) {
      if (one.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      default -> "null";
    };
  }
}
