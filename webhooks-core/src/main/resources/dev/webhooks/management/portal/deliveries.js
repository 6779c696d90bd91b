/** The delivery log of a webhook, and the parts that other lists have in common with it. */
import {Refusal, change, read, types, webhookPath, withQuery} from './api.js';
import {whileBusy} from './dialogs.js';
import {address, announce, byId, h} from './dom.js';
import {clearProblems, field, formProblem, fromLocal, select, showProblem, toLocal}
  from './fields.js';
import {badge, duration, errorName, nameOf, number, reason, time} from './format.js';
import {hurry} from './screen.js';
import {nextAttempt, stateOf} from './health.js';

const NAMES = ['status', 'event', 'from', 'to', 'limit', 'page'];

export function deliveriesView(id, query) {
  const asked = Object.fromEntries(NAMES.map(name => [name, query.get(name) ?? '']));
  const here = address('webhooks', id, 'deliveries');
  let form = null;
  const view = {
    title: 'Deliveries',
    path: [['Webhooks', '#/'], ['Webhook', address('webhooks', id)]],
    live: true,
    frame: async screen => {
      const signal = screen.leaving.signal;
      const [eventTypes, {data: webhook}] =
        await Promise.all([types(signal), read(webhookPath(id), signal)]);
      form = filterForm(here, asked, eventTypes);
      view.path = pathTo(webhook);
      return [h('div', {class: 'head'}, h('h1', {tabindex: '-1'}, 'Deliveries of ',
        h('bdi', {}, nameOf(webhook)))), form];
    },
    read: async signal => {
      try {
        return await withWebhook(
          id, withQuery(webhookPath(id, 'deliveries'), asked), signal);
      } catch (refusal) {
        // A refused filter is told beside it, and then there is nothing to show.
        if (refusal.status !== 400) {
          throw refusal;
        }
        showProblem(form, refusal);
        view.live = false;
        return {data: null, text: ''};
      }
    },
    draw: ({data, webhook}, screen) => data === null ? [] : [
      data.data.length > 0
        ? deliveryTable(data.data, webhook, screen)
        : nothing(NAMES.some(name => asked[name] !== ''), here),
      pages(data.pagination, page => withQuery(here, {...asked, page}))
    ]
  };
  return view;
}

/**
 * Reads something of a webhook together with the webhook, whose name and state go with it. What
 * else changes of the webhook, such as its figures, is no reason to draw anew.
 */
export async function withWebhook(id, path, signal) {
  const [{data, text}, {data: webhook}] =
    await Promise.all([read(path, signal), read(webhookPath(id), signal)]);
  const {name, url, status, suspendedUntil, statistics} = webhook;
  const shown = [name, url, status, suspendedUntil, statistics.consecutiveFailures > 0];
  return {data, webhook, written: text, text: text + JSON.stringify(shown)};
}

/** Where a webhook's deliveries are found. */
export function pathTo(webhook) {
  return [['Webhooks', '#/'], [nameOf(webhook), address('webhooks', webhook.id)]];
}

/** Deliveries as a table, each with a way to send it again if it can be. */
export function deliveryTable(deliveries, webhook, screen) {
  return table('Deliveries', ['Event', 'Status', 'Answer', 'Attempts', 'Created', 'Action'],
    deliveries.map(delivery => [
      h('div', {class: 'subject'},
        linkTo(delivery, delivery.id, delivery.event),
        h('span', {class: 'code faint cut'}, delivery.id),
        delivery.retryOf && h('span', {class: 'faint'}, 'Retry of ',
          linkTo(delivery, delivery.retryOf, 'an earlier one'))),
      h('div', {class: 'state'}, deliveryBadge(delivery), noteOn(delivery, webhook)),
      answerOf(delivery),
      number(delivery.attempts),
      time(delivery.createdAt),
      sendAgain(delivery, webhook, screen, 'small')
    ]));
}

export function deliveryBadge({status, retriedBy}) {
  return badge(status === 'failed' && retriedBy ? 'retried' : status);
}

function noteOn(delivery, webhook) {
  const next = nextAttempt(delivery, webhook);
  if (next !== null) {
    return h('span', {class: 'faint'}, 'Next attempt: ', next);
  }
  return delivery.retriedBy
    && h('span', {class: 'faint'}, 'by ', linkTo(delivery, delivery.retriedBy, 'another one'));
}

/** A link to another delivery of the same webhook, shown by a label or by its id. */
export function linkTo({webhookId, id: from}, id, label = null) {
  return h('a', {
    href: address('webhooks', webhookId, 'deliveries', id), class: label === null && 'code',
    title: label === null ? null : id, 'data-key': 'open ' + id + ' from ' + from
  }, label ?? id);
}

/** What an endpoint answered, or why it did not. */
export function answerOf({responseStatus, error, responseTimeMs}) {
  const what = responseStatus ?? (error && errorName(error));
  return what === null || what === undefined
    ? '—'
    : h('span', {class: 'short', title: error && reason(error)}, String(what),
      typeof responseTimeMs === 'number'
        && h('span', {class: 'faint'}, ' · ' + duration(responseTimeMs)));
}

/** What can be done to send a delivery again: a word for it, or null. */
function waysToSend(delivery, webhook) {
  if (delivery.event === 'webhook.test') {
    return null;
  }
  if (delivery.status === 'failed' && delivery.retriedBy === null) {
    return 'Retry';
  }
  const waits = delivery.status === 'pending' && delivery.attempts > 0
    && new Date(delivery.nextAttemptAt) > Date.now();
  // At an endpoint that gets nothing it would go on waiting.
  return waits && ['active', 'failing'].includes(stateOf(webhook)) ? 'Send now' : null;
}

/** The button that retries a failed delivery, or sends a waiting one now; empty if neither can. */
export function sendAgain(delivery, webhook, screen, style, done = () => screen.refresh()) {
  const label = waysToSend(delivery, webhook);
  if (label === null) {
    return '';
  }
  const button = h('button', {
    type: 'button', class: style, 'data-key': 'retry ' + delivery.id,
    'aria-label': label + ': ' + delivery.event + ' ' + delivery.id,
    onclick: () => whileBusy(button, 'Sending…', async () => {
      const path = webhookPath(delivery.webhookId, 'deliveries', delivery.id, 'retry');
      const answer = await attempt(() => change('POST', path, '{}'));
      if (answer) {
        announce('The delivery is being sent');
        hurry();
        // Once the button is free again, since nothing is drawn anew while one is busy.
        setTimeout(() => done(answer.data));
      }
    })
  }, label);
  return button;
}

/** Does something that has no form; why it was refused is told above the page. */
export async function attempt(act) {
  try {
    byId('notices').replaceChildren();
    return await act();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    byId('notices').replaceChildren(
      h('p', {class: 'notice', role: 'alert'}, refusal.message));
    return null;
  }
}

/** A table that becomes a list of cards on a phone; its roles stay those of a table. */
export function table(label, columns, rows) {
  const last = columns.length - 1;
  return h('div', {class: 'card flush'}, h('table', {role: 'table', 'aria-label': label},
    h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'}, columns.map((column, i) =>
      h('th', {role: 'columnheader', scope: 'col'},
        i === last && column === 'Action' ? h('span', {class: 'unseen'}, column) : column)))),
    h('tbody', {role: 'rowgroup'}, rows.map(cells => h('tr', {role: 'row'},
      cells.map((cell, i) => h('td', {
        role: 'cell', 'data-label': columns[i], class: cell === '' && 'none'
      }, cell)))))));
}

/** Ways to the other pages of a list. */
export function pages({page, limit, total, hasMore}, hrefOf) {
  if (page === 1 && !hasMore) {
    return total === null || total === 0 ? '' : h('p', {class: 'pages'},
      h('span', {class: 'faint'}, number(total) + (total === 1 ? ' entry' : ' entries')));
  }
  const to = (label, number_) => h('a', {
    class: 'button', href: hrefOf(number_), 'data-key': 'page ' + label
  }, label);
  return h('nav', {class: 'pages', 'aria-label': 'Pages'},
    page > 1 && to('Previous', page - 1),
    h('span', {class: 'faint'}, 'Page ' + number(page) + ' of '
      + (total === null ? 'many' : number(Math.ceil(total / limit)))
      + ' · ' + (total === null ? 'more than 10,000' : number(total)) + ' entries'),
    hasMore && to('Next', page + 1));
}

/** A form whose choices go into the address, so that going back brings the former ones. */
export function filters(here, fields) {
  const form = h('form', {class: 'filters', 'aria-label': 'Filters', role: 'search'},
    fields.map(([name, label, control]) => field(name, label, control)), formProblem());
  const apply = () => {
    clearProblems(form);
    const values = fields.map(([name, , control]) =>
      [name, control.type === 'datetime-local' ? fromLocal(control.value) : control.value]);
    location.hash = withQuery(here, Object.fromEntries(values));
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    apply();
  });
  form.addEventListener('change', event => {
    // A date is typed in pieces, each of which is a change.
    if (event.target instanceof HTMLSelectElement) {
      apply();
    }
  });
  return form;
}

function filterForm(here, asked, eventTypes) {
  const moment = text => {
    const instant = new Date(text);
    return h('input', {
      type: 'datetime-local', value: text && !isNaN(instant) ? toLocal(instant) : null
    });
  };
  const form = filters(here, [
    ['status', 'Status', select([
      ['', 'Any'], ['success', 'Delivered'], ['failed', 'Failed'], ['pending', 'Pending']
    ], asked.status)],
    ['event', 'Event', select(
      [['', 'Any'], ...eventTypes.map(type => [type.name, type.name])], asked.event)],
    ['from', 'From', moment(asked.from)],
    ['to', 'Until', moment(asked.to)],
    ['limit', 'Per page', select([['', '50'], ['100', '100'], ['500', '500']], asked.limit)]
  ]);
  form.append(h('div', {class: 'field buttons'},
    h('button', {type: 'submit'}, 'Filter'),
    NAMES.some(name => asked[name] !== '') && h('a', {class: 'button', href: here}, 'Clear')));
  return form;
}

function nothing(filtered, here) {
  return filtered
    ? h('section', {class: 'card empty'}, h('h2', {}, 'No delivery fits these filters'),
      h('p', {}, h('a', {class: 'button', href: here}, 'Show all deliveries')))
    : h('section', {class: 'card empty'}, h('h2', {}, 'No deliveries yet'),
      h('p', {}, 'They appear here as soon as an event is published that this webhook '
        + 'subscribes to. To see one now, send a test from the page of the webhook.'));
}
