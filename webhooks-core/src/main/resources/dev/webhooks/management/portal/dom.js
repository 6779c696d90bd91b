/**
 * Builds the page. What is shown becomes text nodes and attributes that are set one by one, so
 * nothing that a stranger wrote is ever parsed as HTML.
 */

/**
 * Makes an element.
 *
 * @param attributes attributes; `onclick` and the like are functions; null and false leave one out
 * @param children elements and texts, also in arrays; null and false are left out
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    set(element, name, value);
  }
  element.append(...children.flat(Infinity).filter(shown));
  return element;
}

/** The address of a view of this page. */
export function address(...path) {
  return '#/' + path.map(encodeURIComponent).join('/');
}

/**
 * Makes a link out of this page, to where the host says; nothing that a customer wrote is ever
 * given here.
 *
 * @returns null if it does not lead to a web page
 */
export function hostLink(href, attributes, label) {
  const url = new URL(href, location.href);
  if (!/^https?:$/.test(url.protocol)) {
    return null;
  }
  const link = h('a', attributes, label);
  link.href = url.href;
  return link;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Says something to those who cannot see what has changed. */
export function announce(text) {
  const place = byId('announcements');
  place.textContent = '';
  // In a later turn, or else the same words a second time would be no change.
  setTimeout(() => { place.textContent = text; }, 50);
}

/**
 * Replaces what is in a place, and keeps what the user is doing there: the focus, opened details
 * and how far boxes are scrolled. Elements are known again by their `data-key`.
 */
export function replace(place, nodes) {
  const focused = place.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const before = keyed(place);
  place.replaceChildren(...nodes.flat(Infinity).filter(shown));
  const after = keyed(place);
  for (const [key, element] of after) {
    const old = before.get(key);
    if (old && element instanceof HTMLDetailsElement) {
      element.open = old.open;
    }
    if (old && old.scroll) {
      element.scrollTop = old.scroll;
    }
  }
  if (focused) {
    after.get(focused)?.focus({preventScroll: true});
  }
}

function set(element, name, value) {
  if (!shown(value)) {
    return;
  }
  if (name.startsWith('on')) {
    if (typeof value !== 'function') {
      throw new TypeError(name + ' must be a function');
    }
    element.addEventListener(name.slice(2), value);
  } else if (name === 'href' && !value.startsWith('#/')) {
    // So that no text of a stranger can become a link to anywhere.
    throw new TypeError('links lead to views of this page');
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

function shown(value) {
  return value !== null && value !== undefined && value !== false;
}

function keyOf(element) {
  return element.closest('[data-key]')?.dataset.key ?? null;
}

function keyed(place) {
  const all = new Map();
  for (const element of place.querySelectorAll('[data-key]')) {
    element.scroll = element.scrollTop;
    all.set(element.dataset.key, element);
  }
  return all;
}
