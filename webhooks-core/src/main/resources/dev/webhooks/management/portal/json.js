/**
 * Shows JSON as it was written: parsed and printed again, large numbers and 1.50 would change.
 */

/** The text of a field of the outermost object, or null if it is not there. */
export function fieldText(text, field) {
  let depth = 0;
  let start = -1;
  let key = '';
  for (const [token, at] of tokens(text)) {
    if (depth === 1 && start >= 0 && (token === ',' || token === '}')) {
      return text.slice(start, at);
    }
    if (token === '{' || token === '[') {
      depth++;
    } else if (token === '}' || token === ']') {
      depth--;
    } else if (depth === 1 && token === ':' && start < 0 && key === JSON.stringify(field)) {
      start = at + 1;
    }
    key = token;
  }
  return null;
}

/** JSON text with a line for each value. */
export function pretty(text) {
  let result = '';
  let indent = '';
  let before = '';
  for (const [token] of tokens(text)) {
    if (token === '}' || token === ']') {
      indent = indent.slice(2);
      if (before !== '{' && before !== '[') {
        result += '\n' + indent;
      }
    } else if (before === '{' || before === '[' || before === ',') {
      result += '\n' + indent;
    }
    result += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') {
      indent += '  ';
    }
    before = token;
  }
  return result;
}

/** JSON text with a line for each value, or any other text as it is. */
export function prettyIfJson(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return pretty(text);
}

function* tokens(text) {
  for (const found of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/gs)) {
    yield [found[0], found.index];
  }
}
