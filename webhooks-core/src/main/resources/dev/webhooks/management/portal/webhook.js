/** One webhook: how it is doing, how it is configured, and what can be done with it. */
import {Refusal, change, read, webhookPath} from './api.js';
import {answered, facts} from './boxes.js';
import {attempt, deliveryTable} from './deliveries.js';
import {ask, showSecret, whileBusy} from './dialogs.js';
import {address, announce, byId, h} from './dom.js';
import {field, fromLocal, toLocal} from './fields.js';
import {badge, duration, exactTime, nameOf, number, plural, reason} from './format.js';
import {hurry} from './screen.js';
import {healthNotice, stateOf, statistics} from './health.js';

const DAY = 86400000;

export function webhookView(id) {
  const view = {
    title: 'Webhook',
    path: [['Webhooks', '#/']],
    live: true,
    read: signal => read(webhookPath(id), signal),
    draw: ({data}, screen) => {
      view.title = nameOf(data);
      return [
        head(data, screen), healthNotice(data), statistics(data.statistics),
        configuration(data), latest(data, screen)
      ];
    }
  };
  return view;
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
        badge(stateOf(webhook))),
      action('Send a test', sendTest, 'primary')),
    h('div', {class: 'toolbar', role: 'group', 'aria-label': 'Actions'},
      h('a', {
        class: 'button', 'data-key': 'edit', href: address('webhooks', webhook.id, 'edit')
      }, 'Edit'),
      webhook.status === 'active'
        ? action('Pause', setStatus('paused', 'The webhook is paused'))
        : action(webhook.status === 'paused' ? 'Resume' : 'Reactivate',
          setStatus('active', 'The webhook is active')),
      stateOf(webhook) === 'suspended'
        && action('Resume now', setStatus('active', 'The webhook is resumed')),
      action('Rotate secret', rotate),
      action('Recover failed', recover),
      action('Delete', remove, 'danger quiet'))
  ];
}

function configuration(webhook) {
  const headers = Object.entries(webhook.headers);
  return h('section', {class: 'card'}, h('h2', {}, 'Configuration'), facts([
    ['URL', h('span', {class: 'code'}, webhook.url)],
    ['Events', h('span', {class: 'events'},
      webhook.events.map(event => h('span', {class: 'tag'}, event)))],
    ['Headers', headers.length === 0 ? 'None' : headers.map(([name, value]) =>
      h('div', {class: 'code'}, name + ': ' + value))],
    new Date(webhook.previousSecretEndsAt) > Date.now() && ['Old secret',
      ['signs too until ', exactTime(webhook.previousSecretEndsAt)]],
    ['Created', exactTime(webhook.createdAt)],
    ['Changed', exactTime(webhook.updatedAt)],
    ['Id', h('span', {class: 'code'}, webhook.id)]
  ]));
}

function latest(webhook, screen) {
  const log = address('webhooks', webhook.id, 'deliveries');
  return h('section', {},
    h('div', {class: 'head small'}, h('h2', {}, 'Latest deliveries'),
      h('a', {class: 'button', href: log, 'data-key': 'log'}, 'All deliveries')),
    webhook.deliveries.length > 0
      ? deliveryTable(webhook.deliveries, webhook, screen)
      : h('div', {class: 'card empty'},
        h('p', {}, 'Nothing was sent yet. Send a test to see that the endpoint answers.')));
}

function setStatus(status, done) {
  return (webhook, screen, button) => whileBusy(button, 'One moment…', async () => {
    const body = JSON.stringify({status});
    if (await attempt(() => change('PATCH', webhookPath(webhook.id), body))) {
      announce(done);
      hurry();
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
    await showSecret(rotated.secret, ['This is the new secret of ', h('bdi', {}, nameOf(webhook)),
      '. ', rotated.previousSecretEndsAt === null
        ? 'The old one does not sign any more.'
        : ['The old one signs too until ', exactTime(rotated.previousSecretEndsAt), '.']]);
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
        + 'again, and one that waits for its next attempt is sent now.'),
      field('since', 'Since', since, 'In your time zone; at most 14 days ago')
    ],
    label: 'Recover', busy: 'Recovering…',
    act: async () => (await change('POST', webhookPath(webhook.id, 'recover'),
      JSON.stringify({since: fromLocal(since.value)}))).data
  });
  if (recovered) {
    const told = plural(recovered.recovered, 'delivery is', 'deliveries are') + ' sent again';
    byId('notices').replaceChildren(h('p', {class: 'notice good'}, told + '.'));
    announce(told);
    hurry();
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
    answered('Answer of the endpoint',
      {status: answer.responseStatus, text: answer.responseBody}, 'test answer')
  ].filter(Boolean);
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
