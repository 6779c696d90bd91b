/** Shows values in words. */
import {h} from './dom.js';

const STATUSES = {
  active: 'good', success: 'good', paused: 'quiet', pending: 'quiet', failed: 'bad',
  failing: 'bad', suspended: 'bad', retried: 'quiet'
};
const LABELS = {
  active: 'Active', paused: 'Paused', failed: 'Failed', success: 'Delivered', pending: 'Pending',
  failing: 'Failing', suspended: 'Suspended', retried: 'Failed, retried'
};
const ERRORS = {
  dns: 'The host name could not be resolved.',
  blocked_address: 'The address is not public, so nothing was sent.',
  connect: 'No connection could be made.',
  tls: 'The TLS handshake failed, or the certificate is not valid for this name.',
  timeout: 'The endpoint did not answer in time.',
  reset: 'The connection broke before the answer was complete.',
  protocol: 'The answer was not valid HTTP.',
  http_status: 'The endpoint answered with a status other than 200 to 299.',
  unsendable: 'The request could not be built, for example because of a custom header.',
  undecryptable: 'The secret or headers cannot be decrypted at the moment.',
  internal: 'Something unexpected happened on our side.',
  expired: 'It could not be delivered within its time.',
  webhook_failed: 'The webhook had failed, so nothing was sent.',
  lost: 'The sending process stopped too often.',
  interrupted: 'The sending process stopped before the answer.'
};
const SHORT = {
  dns: 'host name unknown', connect: 'no connection', tls: 'TLS failed', reset: 'connection broke',
  protocol: 'not valid HTTP', internal: 'our fault', lost: 'our fault', unsendable: 'not sendable'
};
const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
const ago = new Intl.RelativeTimeFormat('en', {numeric: 'auto'});
const exact = new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'medium'});
const moment = new Intl.DateTimeFormat('en-GB',
  {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
const count = new Intl.NumberFormat('en');

export function badge(status) {
  return h('span', {class: 'badge ' + (STATUSES[status] ?? 'quiet')}, LABELS[status] ?? status);
}

/** A time relative to now, with the exact one when pointed at; it is kept up to date. */
export function time(text, missing = '—') {
  const instant = new Date(text ?? NaN);
  return isNaN(instant)
    ? missing
    : h('time', {datetime: instant.toISOString(), title: exact.format(instant)}, relative(instant));
}

/** When something is due, relative to now; it stays due once the time has come. */
export function due(text) {
  const element = time(text);
  if (element instanceof Element) {
    element.dataset.due = '';
    element.textContent = shownIn(element);
  }
  return element;
}

/** A time to go with a word such as since: day, hour and minute. */
export function since(text) {
  const instant = new Date(text);
  return isNaN(instant) ? '—' : h('time', {
    datetime: instant.toISOString(), title: exact.format(instant), 'data-fixed': true
  }, moment.format(instant));
}

/** The exact time, followed by the relative one. */
export function exactTime(text, missing = '—', as = time) {
  const instant = new Date(text ?? NaN);
  return isNaN(instant)
    ? missing
    : [exact.format(instant), h('span', {class: 'faint'}, ' · ', as(text))];
}

/** Brings every relative time up to date. */
export function tick() {
  for (const element of document.querySelectorAll('time:not([data-fixed])')) {
    const text = shownIn(element);
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}

export function number(value) {
  return typeof value === 'number' ? count.format(value) : String(value ?? '—');
}

export function percent(share) {
  if (typeof share !== 'number') {
    return '—';
  }
  // Never 100 % while something has failed.
  const tenths = share === 1 ? 1000 : Math.min(999, Math.round(share * 1000));
  return tenths / 10 + ' %';
}

export function duration(milliseconds) {
  if (typeof milliseconds !== 'number') {
    return '—';
  }
  return milliseconds < 1000
    ? milliseconds + ' ms'
    : (milliseconds / 1000).toFixed(milliseconds < 10000 ? 2 : 1) + ' s';
}

/** Why something failed, in a sentence. */
export function reason(error) {
  return ERRORS[error] ?? String(error);
}

/** Why something failed, in a word or two. */
export function errorName(error) {
  return SHORT[error] ?? String(error).replaceAll('_', ' ');
}

/** What a webhook is called. */
export function nameOf(webhook) {
  return webhook.name ?? host(webhook.url);
}

export function plural(amount, one, many = one + 's') {
  return number(amount) + ' ' + (amount === 1 ? one : many);
}

function shownIn(element) {
  const instant = new Date(element.dateTime);
  return 'due' in element.dataset && instant <= Date.now() ? 'now' : relative(instant);
}

function host(url) {
  try {
    return new URL(url).host;
  } catch {
    return String(url);
  }
}

function relative(instant) {
  const seconds = Math.round((instant - Date.now()) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) {
    return seconds > 0 ? 'in a moment' : 'just now';
  }
  const [unit, length] = UNITS.find(([, least]) => size >= least);
  return ago.format(Math.trunc(seconds / length), unit);
}
