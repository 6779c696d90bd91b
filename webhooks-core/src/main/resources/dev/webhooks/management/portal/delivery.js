/** One delivery: what was sent, and every attempt with what the endpoint answered. */
import {read, webhookPath} from './api.js';
import {retryButton} from './deliveries.js';
import {address, h} from './dom.js';
import {badge, duration, exactTime, reason} from './format.js';
import {fieldText, pretty} from './json.js';
import {answered, box, facts} from './webhook.js';

export function deliveryView(webhookId, id) {
  const log = address('webhooks', webhookId, 'deliveries');
  return {
    title: 'Delivery',
    path: [['Webhooks', '#/'], ['Webhook', address('webhooks', webhookId)], ['Deliveries', log]],
    live: true,
    read: signal => read(webhookPath(webhookId, 'deliveries', id), signal),
    draw: ({data, text}, screen) => [
      head(data, screen), summary(data), payload(text), attempts(data)
    ]
  };
}

function head(delivery, screen) {
  const toRetry = retried => { location.hash = linkTo(delivery.webhookId, retried.id); };
  return h('div', {class: 'head'},
    h('div', {class: 'title'},
      h('h1', {tabindex: '-1', 'data-key': 'heading'}, delivery.event), badge(delivery.status)),
    retryButton(delivery, screen, 'primary', toRetry));
}

function summary(delivery) {
  const other = (label, id) => id && [label, h('a', {
    class: 'code', href: linkTo(delivery.webhookId, id), 'data-key': label
  }, id)];
  return h('section', {class: 'card'}, h('h2', {}, 'Summary'), facts([
    ['Delivery', h('span', {class: 'code'}, delivery.id)],
    ['Event id', h('span', {class: 'code'}, delivery.eventId)],
    ['Created', exactTime(delivery.createdAt)],
    ['Last attempt', exactTime(delivery.lastAttemptAt, 'None yet')],
    delivery.nextAttemptAt && ['Next attempt', exactTime(delivery.nextAttemptAt)],
    delivery.error && ['Error', reason(delivery.error)],
    other('Retries', delivery.retryOf),
    other('Retried by', delivery.retriedBy)
  ].filter(Boolean)));
}

function payload(text) {
  const written = fieldText(text, 'payload');
  return h('section', {class: 'card'}, h('h2', {}, 'Payload'),
    written === null || written === 'null'
      ? h('p', {class: 'faint'}, 'The payload is not kept any more.')
      : box('Payload as JSON', pretty(written), 'payload'));
}

function attempts(delivery) {
  const log = [...delivery.attemptLog].reverse();
  return h('section', {class: 'card'}, h('h2', {}, 'Attempts'),
    log.length === 0
      ? h('p', {class: 'faint'}, 'None yet.')
      : h('ol', {class: 'attempts', reversed: true}, log.map(attempt => one(attempt))));
}

function one(attempt) {
  return h('li', {class: attempt.error === null ? 'good' : 'bad'},
    h('p', {class: 'attempt'},
      h('strong', {}, 'Attempt ' + attempt.number),
      h('span', {}, attempt.status === null ? 'no answer' : 'status ' + attempt.status),
      h('span', {}, duration(attempt.durationMs)),
      h('span', {class: 'faint'}, exactTime(attempt.at))),
    attempt.error && h('p', {}, reason(attempt.error)),
    answered('Answer to attempt ' + attempt.number, attempt.responseBody, 'answer ' + attempt.number));
}

function linkTo(webhookId, id) {
  return address('webhooks', webhookId, 'deliveries', id);
}
