/** The delivery log of a webhook, and the parts that other lists have in common with it. */
import {Refusal, change, read, types, webhookPath, withQuery} from './api.js';
import {whileBusy} from './dialogs.js';
import {address, announce, byId, h} from './dom.js';
import {clearProblems, field, formProblem, fromLocal, select, showProblem, toLocal}
  from './fields.js';
import {badge, duration, errorName, number, reason, time} from './format.js';

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
      form = filterForm(here, asked, await types(screen.leaving.signal));
      return [h('div', {class: 'head'}, h('h1', {tabindex: '-1'}, 'Deliveries')), form];
    },
    read: async signal => {
      try {
        return await read(withQuery(webhookPath(id, 'deliveries'), asked), signal);
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
    draw: ({data}, screen) => data === null ? [] : [
      data.data.length > 0
        ? deliveryTable(data.data, screen)
        : nothing(NAMES.some(name => asked[name] !== ''), here),
      pages(data.pagination, page => withQuery(here, {...asked, page}))
    ]
  };
  return view;
}

/** Deliveries as a table, each with a way to retry it if it can be. */
export function deliveryTable(deliveries, screen) {
  return table('Deliveries', ['Event', 'Status', 'Answer', 'Attempts', 'Created', 'Action'],
    deliveries.map(delivery => [
      h('div', {class: 'subject'}, h('a', {
        href: address('webhooks', delivery.webhookId, 'deliveries', delivery.id),
        'data-key': 'open ' + delivery.id
      }, delivery.event), h('span', {class: 'code faint cut'}, delivery.id)),
      badge(delivery.status),
      answerOf(delivery),
      number(delivery.attempts),
      time(delivery.createdAt),
      retryButton(delivery, screen, 'small')
    ]));
}

/** What an endpoint answered, or why it did not. */
export function answerOf({responseStatus, error, responseTimeMs}) {
  const what = responseStatus ?? (error && errorName(error));
  return what === null || what === undefined
    ? '—'
    : h('span', {title: error && reason(error)}, String(what),
      typeof responseTimeMs === 'number'
        && h('span', {class: 'faint'}, ' · ' + duration(responseTimeMs)));
}

export function canRetry(delivery) {
  return delivery.status === 'failed' && delivery.retriedBy === null
    && delivery.event !== 'webhook.test';
}

export function retryButton(delivery, screen, style, done = () => screen.refresh()) {
  if (!canRetry(delivery)) {
    return delivery.retriedBy !== null && style === 'small'
      ? h('span', {class: 'faint'}, 'Retried')
      : '';
  }
  const button = h('button', {
    type: 'button', class: style, 'data-key': 'retry ' + delivery.id,
    'aria-label': 'Retry ' + delivery.event + ' ' + delivery.id,
    onclick: () => whileBusy(button, 'Retrying…', async () => {
      const path = webhookPath(delivery.webhookId, 'deliveries', delivery.id, 'retry');
      const answer = await attempt(() => change('POST', path, '{}'));
      if (answer) {
        announce('The delivery is being retried');
        // Once the button is free again, since nothing is drawn anew while one is busy.
        setTimeout(() => done(answer.data));
      }
    })
  }, 'Retry');
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
