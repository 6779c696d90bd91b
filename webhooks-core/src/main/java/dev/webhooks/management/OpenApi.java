package dev.webhooks.management;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads the description of the management API, which is a resource beside this class. */
final class OpenApi {
  private OpenApi() {}

  /** Returns the description, with the base path as its server. */
  static ObjectNode description(String basePath) {
    try (InputStream resource = OpenApi.class.getResourceAsStream("openapi.json")) {
      if (resource == null) {
        throw new FileNotFoundException("openapi.json is not in the jar");
      }
      ObjectNode description = (ObjectNode) new ObjectMapper().readTree(resource);
      description.putArray("servers").addObject().put("url", basePath.isEmpty() ? "/" : basePath);
      return description;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
