/** Calls the management API, in whose folder this page is. */
import * as session from './session.js';

const BASE = new URL('..', location.origin + location.pathname);
const PATIENCE = 20000;
// A test waits for the customer's endpoint.
const LONG_PATIENCE = 90000;
const MOST_RENEWALS = 2;

/** The idempotency keys of changes whose outcome is not known: a repetition has the same key. */
const undecided = new Map();
let eventTypes = null;

/** Why a call was refused, with the API's own code and message, or `OFFLINE` without an answer. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Reads something.
 *
 * @returns `{data, text}`: what was answered, understood and as it was written
 */
export function read(path, signal) {
  return send('GET', path, null, {}, PATIENCE, signal);
}

/**
 * Changes something. Repeated after a failure whose outcome is unknown, it takes effect once.
 *
 * @param body JSON text, or null
 */
export async function change(method, path, body) {
  const what = method + ' ' + path + ' ' + body;
  const key = undecided.get(what) ?? newKey();
  undecided.set(what, key);
  try {
    const patience = path.endsWith('/test') ? LONG_PATIENCE : PATIENCE;
    const answer = await send(method, path, body, {'Idempotency-Key': key}, patience);
    undecided.delete(what);
    return answer;
  } catch (refusal) {
    if (isDecided(refusal)) {
      undecided.delete(what);
    }
    throw refusal;
  }
}

/** The event types that there are; asked for once. */
export async function types(signal) {
  eventTypes ??= (await read('event-types', signal)).data.data;
  return eventTypes;
}

export function webhookPath(id, ...rest) {
  return ['webhooks', id, ...rest].map(encodeURIComponent).join('/');
}

/** A path with those parameters that have a value. */
export function withQuery(path, parameters) {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([name, value]) => encodeURIComponent(name) + '=' + encodeURIComponent(value))
    .join('&');
  return query === '' ? path : path + '?' + query;
}

async function send(method, path, body, headers, patience, signal) {
  for (let renewals = 0; ; renewals++) {
    const token = session.current();
    const answer = await once(method, path, body, headers, patience, signal, token);
    if (answer.status !== 401) {
      return understood(answer);
    }
    if (!await session.renew(token) || renewals === MOST_RENEWALS) {
      throw new Refusal(401, 'UNAUTHORIZED',
        'the session has ended; open this page again from the application that you came from');
    }
  }
}

async function once(method, path, body, headers, patience, signal, token) {
  if (token === null) {
    return {status: 401};
  }
  const all = {...headers, Authorization: 'Bearer ' + token};
  if (body !== null) {
    all['Content-Type'] = 'application/json';
  }
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  const leave = () => late.abort();
  signal?.addEventListener('abort', leave);
  try {
    const response = await fetch(new URL(path, BASE), {
      method, body, headers: all, signal: late.signal, credentials: 'same-origin', cache: 'no-store'
    });
    return {status: response.status, ok: response.ok, text: await response.text()};
  } catch {
    throw new Refusal(0, 'OFFLINE', 'the server cannot be reached; please try again');
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}

function understood(answer) {
  let data = null;
  try {
    data = answer.text ? JSON.parse(answer.text) : null;
  } catch {
    // A proxy in between may answer something else.
  }
  if (answer.ok) {
    return {data, text: answer.text};
  }
  throw new Refusal(
    answer.status,
    String(data?.error?.code ?? 'UNKNOWN'),
    String(data?.error?.message ?? 'the server answered with status ' + answer.status));
}

function isDecided(refusal) {
  return refusal.status >= 400 && refusal.status < 500
    && refusal.status !== 401 && refusal.status !== 408
    && refusal.code !== 'DUPLICATE_IDEMPOTENCY_KEY';
}

function newKey() {
  // randomUUID is missing where a page came over plain HTTP.
  return crypto.randomUUID?.()
    ?? [...crypto.getRandomValues(new Uint8Array(16))]
      .map(byte => byte.toString(16).padStart(2, '0')).join('');
}
