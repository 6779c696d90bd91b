/** All webhooks. */
import {read, types, withQuery} from './api.js';
import {address, h} from './dom.js';
import {select} from './fields.js';
import {nameOf, percent, time} from './format.js';
import {filters, pages, table} from './deliveries.js';
import {shareOf, healthBadge} from './health.js';

export function webhooksView(query) {
  const asked = {
    status: query.get('status') ?? '', event: query.get('event') ?? '',
    page: query.get('page') ?? ''
  };
  return {
    title: 'Webhooks',
    live: true,
    read: signal => read(withQuery('webhooks', asked), signal),
    frame: async screen => frame(asked, await types(screen.leaving.signal)),
    draw: answer => draw(answer.data, asked)
  };
}

function frame(asked, eventTypes) {
  return [
    h('div', {class: 'head'},
      h('h1', {tabindex: '-1'}, 'Webhooks'),
      h('a', {class: 'button primary', href: '#/new'}, 'New webhook')),
    filters('#/', [
      ['status', 'Status', select([
        ['', 'Any'], ['active', 'Active'], ['paused', 'Paused'], ['failed', 'Failed']
      ], asked.status)],
      ['event', 'Receives', select(
        [['', 'Any'], ...eventTypes.map(type => [type.name, type.name])], asked.event)]
    ])
  ];
}

function draw({data, pagination}, asked) {
  if (data.length === 0) {
    return asked.status || asked.event || asked.page ? nothingFits() : nothingYet();
  }
  return [
    table('Webhooks', ['Webhook', 'Events', 'Status', 'Success rate', 'Last attempt'],
      data.map(webhook => [
        h('div', {class: 'subject'},
          h('a', {href: address('webhooks', webhook.id), 'data-key': 'open ' + webhook.id},
            h('bdi', {}, nameOf(webhook))),
          h('span', {class: 'code faint cut'}, webhook.url)),
        eventsOf(webhook),
        healthBadge(webhook),
        h('span', {}, percent(webhook.statistics.successRate),
          h('span', {class: 'faint note'}, shareOf(webhook.statistics))),
        time(webhook.statistics.lastAttemptAt, 'never')
      ])),
    pages(pagination, page => withQuery('#/', {...asked, page}))
  ];
}

function eventsOf(webhook) {
  const more = webhook.events.length - 2;
  return h('span', {class: 'events', title: webhook.events.join(', ')},
    webhook.events.slice(0, 2).map(event => h('span', {class: 'tag'}, event)),
    more > 0 && h('span', {class: 'faint'}, 'and ' + more + ' more'));
}

function nothingYet() {
  return h('section', {class: 'card empty'},
    h('h2', {}, 'No webhooks yet'),
    h('p', {}, 'Register the HTTPS address of an endpoint, choose the events it should hear of, '
      + 'and each of them is sent to it, signed and with retries.'),
    h('p', {}, h('a', {class: 'button primary', href: '#/new'}, 'Create the first webhook')));
}

function nothingFits() {
  return h('section', {class: 'card empty'},
    h('h2', {}, 'No webhook fits these filters'),
    h('p', {}, h('a', {class: 'button', href: '#/'}, 'Show all webhooks')));
}
