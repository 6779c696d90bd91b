/** Parts that show what is known, as several views have them. */
import {h} from './dom.js';
import {prettyIfJson} from './json.js';

/** Names and values; a pair that is null or false is left out. */
export function facts(pairs) {
  return h('dl', {class: 'facts'}, pairs.filter(Boolean).map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

/** What an endpoint sent back, as text; that it was empty, if it answered without a body. */
export function answered(label, {status, text}, key) {
  if (text) {
    return box(label, prettyIfJson(text), key);
  }
  return status === null ? null : h('p', {class: 'faint'}, 'The answer was empty.');
}

/** A box of text that may have to be scrolled. */
export function box(label, text, key) {
  return h('figure', {class: 'box'}, h('figcaption', {}, label),
    h('pre', {tabindex: '0', role: 'region', 'aria-label': label, 'data-key': key}, text));
}
