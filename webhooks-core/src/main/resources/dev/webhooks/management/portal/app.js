/** Which view is shown, and what is around it. */
import {byId, h, hostLink} from './dom.js';
import {tick} from './format.js';
import {Screen, nameTab, showPlace} from './screen.js';
import * as session from './session.js';
import {deliveriesView} from './deliveries.js';
import {deliveryView} from './delivery.js';
import {editView, newView} from './editor.js';
import {webhookView} from './webhook.js';
import {webhooksView} from './webhooks.js';

const SECOND = 1000;
const ROUTES = [
  [/^\/$/, webhooksView],
  [/^\/new$/, newView],
  [/^\/webhooks\/([^/]+)$/, webhookView],
  [/^\/webhooks\/([^/]+)\/edit$/, editView],
  [/^\/webhooks\/([^/]+)\/deliveries$/, deliveriesView],
  [/^\/webhooks\/([^/]+)\/deliveries\/([^/]+)$/, deliveryView]
];
let screen = null;
let shown = null;

function show(focus) {
  const [path, query] = location.hash.slice(1).split('?', 2);
  const field = path === shown
    ? document.activeElement?.closest('main [data-field]')?.dataset.field
    : null;
  shown = path;
  for (const [pattern, view] of ROUTES) {
    const found = pattern.exec(path);
    if (found) {
      open(view(...ids(found), new URLSearchParams(query)), focus, field);
      return;
    }
  }
  location.replace('#/');
}

function ids(found) {
  try {
    return found.slice(1).map(decodeURIComponent);
  } catch {
    return found.slice(1);
  }
}

/**
 * @param focus whether the heading gets the focus, as a reader of the screen expects it of a page
 * @param field the name of the filter that was changed, which keeps the focus
 */
async function open(view, focus, field) {
  screen?.leave();
  byId('notices').replaceChildren();
  byId('freshness').textContent = '';
  showPlace(view);
  nameTab(view.title);
  window.scrollTo(0, 0);
  screen = new Screen(view, ended);
  if (session.current() === null && window.parent === window) {
    byId('main').replaceChildren();
    ended();
    return;
  }
  const opened = screen;
  await opened.open(byId('main'), focus && !field);
  if (field && !opened.left()) {
    byId('main').querySelector('[data-field="' + CSS.escape(field) + '"]')?.control.focus();
  }
}

/** What the host wants around the page; a page that embeds this one is around it already. */
function showHost() {
  const title = option('title');
  byId('host').replaceChildren(...[
    backLink('back'),
    title !== '' && h('span', {class: 'host-title'}, title),
    option('sign-out-url') !== ''
      && hostLink(option('sign-out-url'), {class: 'out', onclick: session.forget}, 'Sign out')
  ].filter(Boolean));
  byId('host').hidden = window.parent !== window || byId('host').childElementCount === 0;
}

/** The way back to the host, if it has told one. */
function backLink(style) {
  return option('back-url') === '' || window.parent !== window
    ? null
    : hostLink(option('back-url'), {class: style}, option('back-label'));
}

function option(name) {
  return document.querySelector('meta[name="portal-' + name + '"]').content;
}

/** Says that the token is not accepted any more; what the user has typed stays. */
function ended() {
  if (!byId('main').querySelector('h1')) {
    byId('main').replaceChildren(h('section', {class: 'card empty'},
      h('h1', {tabindex: '-1'}, 'No session'),
      h('p', {}, 'Open this page from the application that you came from.'),
      backLink('button')));
  } else if (!byId('notices').querySelector('.ended')) {
    byId('notices').replaceChildren(h('div', {class: 'notice ended', role: 'alert'},
      h('strong', {}, 'Your session has ended. '),
      'Open this page again from the application that you came from. ', backLink('back')));
  }
}

/** Goes on with a new token; a form with what was typed into it stays. */
function resume() {
  byId('notices').replaceChildren();
  if (screen && screen.view.live === false && byId('main').querySelector('form')) {
    return;
  }
  show(false);
}

window.addEventListener('hashchange', () => {
  if (session.takeFromAddress()) {
    resume();
  } else {
    show(true);
  }
});
window.addEventListener('beforeunload', event => {
  if (screen?.view.unsaved?.()) {
    event.preventDefault();
  }
});
document.addEventListener('visibilitychange', () => screen?.visibilityChanged());
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  byId('main').focus();
});
setInterval(() => {
  if (document.visibilityState === 'hidden') {
    return;
  }
  tick();
  const age = screen?.freshness() ?? null;
  byId('freshness').textContent = age === null || age < 0
    ? '' : age < 5 ? 'Up to date' : 'Updated ' + age + ' s ago';
}, SECOND);

showHost();
session.start(resume);
if (!location.hash.startsWith('#/')) {
  history.replaceState(null, '', location.pathname + location.search + '#/');
}
show(false);
