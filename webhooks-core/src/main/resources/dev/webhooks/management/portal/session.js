/**
 * Knows the token with which the page calls the API. It comes from the host: behind `#token=` in
 * the address, or in a message of the page that embeds this one.
 */
const FROM_ADDRESS = /^#token=([^&]+)(?:&to=(\/.*))?$/;
const GIVEN = 'webhooks-portal:token';
const NEEDED = 'webhooks-portal:token-needed';
const PLACE = 'webhooks-portal-token ' + location.pathname;
const PATIENCE = 5000;

const origins = document.querySelector('meta[name="portal-origins"]').content
  .split(' ').filter(origin => origin !== '');
const embedded = window.parent !== window && origins.length > 0;
const waiting = new Set();

let token = stored();

/**
 * Begins to listen for tokens.
 *
 * @param changed called when there is a new one that nobody waited for
 */
export function start(changed) {
  takeFromAddress();
  window.addEventListener('message', event => {
    if (embedded && event.source === window.parent && origins.includes(event.origin)
        && event.data?.type === GIVEN && isToken(event.data.token)) {
      const expected = waiting.size > 0;
      accept(event.data.token);
      if (!expected) {
        changed();
      }
    }
  });
}

export function current() {
  return token;
}

/** Has no token any more. */
export function forget() {
  store(null);
}

/**
 * Takes a token out of the address, which is then without it: it shows in no history, and does not
 * travel when the address is copied.
 *
 * @returns whether there was one
 */
export function takeFromAddress() {
  const found = FROM_ADDRESS.exec(location.hash);
  if (!found) {
    return false;
  }
  history.replaceState(null, '', location.pathname + location.search + '#' + (found[2] ?? '/'));
  let given;
  try {
    given = decodeURIComponent(found[1]);
  } catch {
    return false;
  }
  if (isToken(given)) {
    accept(given);
  }
  return true;
}

/**
 * Gets another token in place of one that was not accepted, if there is a page to ask.
 *
 * @returns whether there is one now
 */
export function renew(refused) {
  if (token !== null && token !== refused) {
    return Promise.resolve(true);
  }
  store(null);
  if (!embedded) {
    return Promise.resolve(false);
  }
  return new Promise(resolve => {
    const done = given => {
      clearTimeout(timer);
      waiting.delete(done);
      resolve(given);
    };
    const timer = setTimeout(() => done(false), PATIENCE);
    waiting.add(done);
    // To each that may embed the page; a browser hands it over only to the one that does.
    for (const origin of origins) {
      window.parent.postMessage({type: NEEDED}, origin);
    }
  });
}

function accept(given) {
  store(given);
  for (const done of [...waiting]) {
    done(true);
  }
}

function isToken(text) {
  return typeof text === 'string' && /^[!-~]{1,4096}$/.test(text);
}

/** Kept for this tab alone, so that it outlives a reload; where that is forbidden, it does not. */
function store(given) {
  token = given;
  try {
    if (given === null) {
      sessionStorage.removeItem(PLACE);
    } else {
      sessionStorage.setItem(PLACE, given);
    }
  } catch {
    // Then it stays in memory.
  }
}

function stored() {
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
