/** One delivery: what was sent, and every attempt with what the endpoint answered. */
import {webhookPath} from './api.js';
import {answered, box, facts} from './boxes.js';
import {deliveryBadge, linkTo, pathTo, sendAgain, withWebhook} from './deliveries.js';
import {address, h} from './dom.js';
import {duration, exactTime, nameOf, reason} from './format.js';
import {fieldText, pretty} from './json.js';
import {exactNextAttempt, nextAttempt} from './health.js';

export function deliveryView(webhookId, id) {
  const log = address('webhooks', webhookId, 'deliveries');
  const view = {
    title: 'Delivery',
    path: [['Webhooks', '#/'], ['Webhook', address('webhooks', webhookId)], ['Deliveries', log]],
    live: true,
    read: signal => withWebhook(webhookId, webhookPath(webhookId, 'deliveries', id), signal),
    draw: ({data, webhook, written}, screen) => {
      view.path = [...pathTo(webhook), ['Deliveries', log]];
      return [
        head(data, webhook, screen), summary(data, webhook), request(data, webhook, written),
        attempts(data)
      ];
    }
  };
  return view;
}

function head(delivery, webhook, screen) {
  const next = nextAttempt(delivery, webhook);
  const show = sent => {
    if (sent.id === delivery.id) {
      screen.refresh();
    } else {
      location.hash = address('webhooks', sent.webhookId, 'deliveries', sent.id);
    }
  };
  return h('div', {class: 'head'},
    h('div', {class: 'title'},
      h('h1', {tabindex: '-1', 'data-key': 'heading'}, delivery.event), deliveryBadge(delivery),
      next !== null && h('span', {class: 'faint'}, 'Next attempt: ', next)),
    sendAgain(delivery, webhook, screen, 'primary', show));
}

function summary(delivery, webhook) {
  const next = exactNextAttempt(delivery, webhook);
  const other = (label, id) => id && [label, linkTo(delivery, id)];
  return h('section', {class: 'card'}, h('h2', {}, 'Summary'), facts([
    ['Webhook', h('a', {href: address('webhooks', webhook.id), 'data-key': 'webhook'},
      h('bdi', {}, nameOf(webhook)))],
    ['Delivery', h('span', {class: 'code'}, delivery.id)],
    ['Event id', h('span', {class: 'code'}, delivery.eventId)],
    ['Created', exactTime(delivery.createdAt)],
    ['Last attempt', exactTime(delivery.lastAttemptAt, 'None yet')],
    next !== null && ['Next attempt', next],
    delivery.error && ['Error', reason(delivery.error)],
    other('Retry of', delivery.retryOf),
    other('Retried by', delivery.retriedBy)
  ]));
}

/** The request as the endpoint gets it, without what nobody may read again. */
function request(delivery, webhook, written) {
  const sent = delivery.attempts > 0;
  const data = fieldText(written, 'payload');
  const headers = Object.entries(delivery.headers).map(([name, value]) => name + ': ' + value);
  return h('section', {class: 'card'},
    h('h2', {}, sent ? 'Request as sent' : 'Request as it will be sent'),
    h('p', {class: 'code'}, 'POST ' + webhook.url),
    box('Headers', headers.join('\n'), 'headers'),
    data === null || data === 'null'
      ? h('p', {class: 'faint'}, 'The payload is not kept any more.')
      : box('Body', pretty(envelope(delivery, data)), 'payload'),
    h('p', {class: 'hint'}, 'URL and custom headers are those of now, and their values are masked. '
      + 'The body is sent without these line breaks; signatures are made over it as it is sent.'));
}

/** The whole body, with the data as it was written. */
function envelope({eventId, event, timestamp}, data) {
  const [id, type, at] = [eventId, event, timestamp].map(text => JSON.stringify(text));
  return '{"id":' + id + ',"type":' + type + ',"timestamp":' + at + ',"data":' + data + '}';
}

function attempts(delivery) {
  const log = [...delivery.attemptLog].reverse();
  return h('section', {class: 'card'}, h('h2', {}, 'Attempts'),
    log.length === 0
      ? h('p', {class: 'faint'}, 'None yet.')
      : h('ol', {class: 'attempts', reversed: true}, log.map(attempt => one(attempt))));
}

function one({number, at, durationMs, status, error, responseBody}) {
  return h('li', {class: error === null ? 'good' : 'bad'},
    h('p', {class: 'attempt'},
      h('strong', {}, 'Attempt ' + number),
      h('span', {}, status === null ? 'no answer' : 'status ' + status),
      h('span', {}, duration(durationMs)),
      h('span', {class: 'faint'}, exactTime(at))),
    error && h('p', {}, reason(error)),
    answered('Answer to attempt ' + number, {status, text: responseBody}, 'answer ' + number));
}
