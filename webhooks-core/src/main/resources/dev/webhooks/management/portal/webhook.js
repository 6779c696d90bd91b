/** One webhook: how it is doing, how it is configured, and what can be done with it. */
import {Refusal, change, read, webhookPath} from './api.js';
import {attempt, deliveryTable} from './deliveries.js';
import {ask, showSecret, whileBusy} from './dialogs.js';
import {address, announce, byId, h} from './dom.js';
import {field, fromLocal, toLocal} from './fields.js';
import {badge, duration, exactTime, nameOf, number, percent, plural, reason, time}
  from './format.js';
import {prettyIfJson} from './json.js';

const DAY = 86400000;

export function webhookView(id) {
  return {
    title: 'Webhook',
    path: [['Webhooks', '#/']],
    live: true,
    read: signal => read(webhookPath(id), signal),
    draw: ({data}, screen) => [
      head(data, screen), standing(data), statistics(data.statistics),
      configuration(data), latest(data, screen)
    ]
  };
}

function head(webhook, screen) {
  const action = (label, act, style = '') => {
    const button = h('button', {
      type: 'button', class: style, 'data-key': label, onclick: () => act(webhook, screen, button)
    }, label);
    return button;
  };
  return [
    h('div', {class: 'head'},
      h('div', {class: 'title'},
        h('h1', {tabindex: '-1', 'data-key': 'heading'}, h('bdi', {}, nameOf(webhook))),
        badge(webhook.status)),
      action('Send a test', sendTest, 'primary')),
    h('div', {class: 'toolbar', role: 'group', 'aria-label': 'Actions'},
      h('a', {
        class: 'button', 'data-key': 'edit', href: address('webhooks', webhook.id, 'edit')
      }, 'Edit'),
      webhook.status === 'active'
        ? action('Pause', setStatus('paused', 'The webhook is paused'))
        : action(webhook.status === 'paused' ? 'Resume' : 'Reactivate',
          setStatus('active', 'The webhook is active')),
      action('Rotate secret', rotate),
      action('Recover failed', recover),
      action('Delete', remove, 'danger quiet'))
  ];
}

/** What its status means, if something is to be done about it. */
function standing(webhook) {
  const failing = webhook.statistics.consecutiveFailures;
  if (webhook.status === 'failed') {
    return h('p', {class: 'notice bad'}, h('strong', {}, 'This webhook has failed. '),
      'Its endpoint answered 410 Gone, or failed for days, so nothing is sent to it any more. '
      + 'Once the endpoint is mended, choose "Reactivate", and "Recover failed" to send again '
      + 'what it missed.');
  }
  if (webhook.status === 'paused') {
    return h('p', {class: 'notice'}, h('strong', {}, 'This webhook is paused. '),
      'Deliveries are kept, and sent when it is resumed.');
  }
  return failing >= 3 && h('p', {class: 'notice'},
    h('strong', {}, 'The last ' + number(failing) + ' attempts have failed. '),
    'Deliveries are retried for some days. Look at one to see what the endpoint answered.');
}

function statistics(counts) {
  const tile = (label, value, note) => h('div', {class: 'tile'},
    h('dt', {}, label), h('dd', {}, h('span', {class: 'figure'}, value),
      note && h('span', {class: 'faint'}, note)));
  const bar = h('span', {class: 'fill'});
  bar.style.width = (counts.successRate ?? 0) * 100 + '%';
  const rate = tile('Success rate', percent(counts.successRate));
  rate.append(h('dd', {class: 'bar', 'aria-hidden': 'true'}, bar));
  return h('section', {}, h('h2', {class: 'unseen'}, 'Statistics'), h('dl', {class: 'tiles'},
    rate,
    tile('Delivered', number(counts.succeeded), ['last: ', time(counts.lastSuccessAt, 'never')]),
    tile('Failed', number(counts.failed), ['last failure: ', time(counts.lastFailureAt, 'never')]),
    tile('Pending', number(counts.pending), 'waiting to be sent'),
    tile('Failures in a row', number(counts.consecutiveFailures))));
}

function configuration(webhook) {
  const headers = Object.entries(webhook.headers);
  return h('section', {class: 'card'}, h('h2', {}, 'Configuration'), facts([
    ['URL', h('span', {class: 'code'}, webhook.url)],
    ['Events', h('span', {class: 'events'},
      webhook.events.map(event => h('span', {class: 'tag'}, event)))],
    ['Headers', headers.length === 0 ? 'None' : headers.map(([name, value]) =>
      h('div', {class: 'code'}, name + ': ' + value))],
    ['Created', exactTime(webhook.createdAt)],
    ['Changed', exactTime(webhook.updatedAt)],
    ['Id', h('span', {class: 'code'}, webhook.id)]
  ]));
}

/** Names and values. */
export function facts(pairs) {
  return h('dl', {class: 'facts'}, pairs.map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

function latest(webhook, screen) {
  const log = address('webhooks', webhook.id, 'deliveries');
  return h('section', {},
    h('div', {class: 'head small'}, h('h2', {}, 'Latest deliveries'),
      h('a', {class: 'button', href: log, 'data-key': 'log'}, 'All deliveries')),
    webhook.deliveries.length > 0
      ? deliveryTable(webhook.deliveries, screen)
      : h('div', {class: 'card empty'},
        h('p', {}, 'Nothing was sent yet. Send a test to see that the endpoint answers.')));
}

function setStatus(status, done) {
  return (webhook, screen, button) => whileBusy(button, 'One moment…', async () => {
    const body = JSON.stringify({status});
    if (await attempt(() => change('PATCH', webhookPath(webhook.id), body))) {
      announce(done);
      // The button of the opposite takes its place, and the focus.
      setTimeout(async () => {
        await screen.refresh();
        const next = status === 'active' ? 'Pause' : 'Resume';
        byId('main').querySelector('[data-key="' + next + '"]')?.focus();
      });
    }
  });
}

async function remove(webhook) {
  const deleted = await ask({
    title: 'Delete this webhook?',
    content: [
      h('p', {}, h('strong', {}, h('bdi', {}, nameOf(webhook))), h('br'),
        h('span', {class: 'code'}, webhook.url)),
      h('p', {}, 'It is gone for good, with its secret, its log and every delivery that is '
        + 'pending (' + number(webhook.statistics.pending) + ').')
    ],
    label: 'Delete for good', danger: true, busy: 'Deleting…',
    act: async () => {
      await change('DELETE', webhookPath(webhook.id), null);
      return true;
    }
  });
  if (deleted) {
    location.hash = '#/';
    announce('The webhook is deleted');
  }
}

async function rotate(webhook, screen) {
  const hours = h('input', {type: 'number', min: '0', max: '168', value: '24', inputmode: 'numeric'});
  const secret = h('input', {class: 'code', autocomplete: 'off', spellcheck: 'false'});
  const rotated = await ask({
    title: 'Rotate the secret',
    content: [
      h('p', {}, 'A new secret signs from now on. For a while the old one signs too, so that '
        + 'your endpoint can change over.'),
      field('overlapHours', 'Overlap hours', hours, '0 to 168'),
      field('secret', 'New secret', secret, 'Leave it empty to have one generated.')
    ],
    label: 'Rotate', busy: 'Rotating…',
    act: async () => {
      const body = {overlapHours: wholeNumber(hours.value)};
      if (secret.value !== '') {
        body.secret = secret.value;
      }
      const path = webhookPath(webhook.id, 'secret', 'rotate');
      return (await change('POST', path, JSON.stringify(body))).data;
    }
  });
  if (rotated?.secret) {
    await showSecret(rotated.secret, 'This is the new secret of ' + nameOf(webhook) + '.');
  } else if (rotated) {
    announce('The secret is rotated');
  }
  if (rotated) {
    screen.refresh();
  }
}

async function recover(webhook, screen) {
  const since = h('input', {type: 'datetime-local', value: toLocal(new Date(Date.now() - DAY))});
  const recovered = await ask({
    title: 'Recover what failed',
    content: [
      h('p', {}, 'Every delivery created since then that failed and was not retried is sent '
        + 'again.'),
      field('since', 'Since', since, 'In your time zone; at most 14 days ago')
    ],
    label: 'Recover', busy: 'Recovering…',
    act: async () => (await change('POST', webhookPath(webhook.id, 'recover'),
      JSON.stringify({since: fromLocal(since.value)}))).data
  });
  if (recovered) {
    const told = plural(recovered.recovered, 'delivery was', 'deliveries were') + ' sent for retry';
    byId('notices').replaceChildren(h('p', {class: 'notice good'}, told + '.'));
    announce(told);
    screen.refresh();
  }
}

async function sendTest(webhook, screen) {
  const payload = h('textarea', {class: 'code', rows: '4', spellcheck: 'false'});
  const result = h('div', {role: 'status'});
  await ask({
    title: 'Send a test',
    content: [
      h('p', {}, 'One signed request is sent to ', h('span', {class: 'code'}, webhook.url),
        ' as event webhook.test. It counts in no statistics.'),
      field('payload', 'Payload', payload, 'A JSON object; leave it empty for a default one.'),
      result
    ],
    label: 'Send', cancelLabel: 'Close', busy: 'Sending…',
    act: async () => {
      result.replaceChildren();
      const body = payload.value.trim() === '' ? '{}' : '{"payload":' + object(payload.value) + '}';
      const answer = await change('POST', webhookPath(webhook.id, 'test'), body);
      result.replaceChildren(...testResult(answer.data));
    }
  });
  screen.refresh();
}

function testResult(answer) {
  const status = answer.responseStatus === null ? '' : ': status ' + answer.responseStatus;
  return [
    h('p', {class: 'notice ' + (answer.delivered ? 'good' : 'bad')},
      h('strong', {}, answer.delivered ? 'Delivered' : 'Not delivered'),
      status + ' in ' + duration(answer.responseTimeMs) + '. ',
      answer.error && reason(answer.error)),
    answered('Answer of the endpoint', answer.responseBody, 'test answer')
  ].filter(Boolean);
}

/** What an endpoint sent back, as text. */
export function answered(label, text, key) {
  return text ? box(label, prettyIfJson(text), key) : '';
}

/** A box of text that may have to be scrolled. */
export function box(label, text, key) {
  return h('figure', {class: 'box'}, h('figcaption', {}, label),
    h('pre', {tabindex: '0', role: 'region', 'aria-label': label, 'data-key': key}, text));
}

/** Checks the one thing that the server could not tell from a broken request. */
function object(text) {
  try {
    JSON.parse(text);
  } catch {
    throw new Refusal(400, 'INVALID_REQUEST', 'payload must be a JSON object');
  }
  return text;
}

/** Sent as it is if it is no whole number, so that the server says what it takes. */
function wholeNumber(text) {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : text;
}
