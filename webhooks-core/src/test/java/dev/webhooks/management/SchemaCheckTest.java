package dev.webhooks.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the check of the description notices what it is there to notice. */
class SchemaCheckTest {
  private static final String DESCRIPTION = """
      {"base": {"type": "object", "required": ["a"],
                "properties": {"a": {"type": ["string", "null"], "enum": ["x", null]}}},
       "all": {"allOf": [{"$ref": "#/base"},
                {"type": "object", "required": ["list"],
                 "properties": {"list": {"type": "array", "items": {"$ref": "#/base"}},
                                "rate": {"type": "number"}}}]}}
      """;

  @Test
  void what_fits_has_no_problems() throws JsonProcessingException {
    assertThat(problems("{\"a\":\"x\",\"list\":[{\"a\":null}],\"rate\":1}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"list\":[]} | $ lacks a",
        "{\"a\":\"x\"} | $ lacks list",
        "{\"a\":\"x\",\"list\":[],\"b\":1} | undocumented b",
        "{\"a\":\"x\",\"list\":[{\"a\":\"x\",\"b\":1}]} | $.list[] has the undocumented b",
        "{\"a\":\"y\",\"list\":[]} | not one of",
        "{\"a\":1,\"list\":[]} | type integer",
        "{\"a\":\"x\",\"list\":{}} | type object",
        "{\"a\":\"x\",\"list\":[],\"rate\":null} | type null",
        "[] | type array"
      })
  void what_does_not_fit_is_noticed(String value, String problem) throws JsonProcessingException {
    assertThat(problems(value)).contains(problem);
  }

  private static String problems(String value) throws JsonProcessingException {
    JsonNode description = new ObjectMapper().readTree(DESCRIPTION);
    JsonNode parsed = new ObjectMapper().readTree(value);
    return String.join("; ", SchemaCheck.problems(description, description.path("all"), parsed));
  }
}
