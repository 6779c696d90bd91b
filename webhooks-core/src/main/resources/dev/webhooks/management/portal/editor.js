/** The forms that create and change a webhook. */
import {Refusal, change, read, types, webhookPath} from './api.js';
import {pathTo} from './deliveries.js';
import {showSecret, tell, whileBusy} from './dialogs.js';
import {address, announce, h} from './dom.js';
import {clearProblems, field, formProblem, group, showProblems} from './fields.js';
import {nameOf} from './format.js';

const TEST_EVENT = 'webhook.test';
const MASK = '********';

export function newView() {
  let form = null;
  return {
    title: 'New webhook',
    path: [['Webhooks', '#/']],
    live: false,
    unsaved: () => form?.unsaved(),
    read: async signal => ({data: await types(signal), text: 'new'}),
    draw: ({data}) => {
      form = new Editor(null, data);
      return [h('h1', {tabindex: '-1'}, 'New webhook'), form.element];
    }
  };
}

export function editView(id) {
  let form = null;
  const view = {
    title: 'Edit',
    path: [['Webhooks', '#/'], ['Webhook', address('webhooks', id)]],
    live: false,
    unsaved: () => form?.unsaved(),
    read: async signal => {
      const [answer, eventTypes] =
        await Promise.all([read(webhookPath(id), signal), types(signal)]);
      return {data: [answer.data, eventTypes], text: answer.text};
    },
    draw: ({data: [webhook, eventTypes]}) => {
      form = new Editor(webhook, eventTypes);
      view.path = pathTo(webhook);
      return [
        h('h1', {tabindex: '-1'}, 'Edit ', h('bdi', {}, nameOf(webhook))), form.element
      ];
    }
  };
  return view;
}

class Editor {
  /** @param webhook the webhook to change, or null for a new one */
  constructor(webhook, eventTypes) {
    this.webhook = webhook;
    this.name = h('input', {value: webhook?.name, autocomplete: 'off'});
    this.url = h('input', {
      value: webhook?.url, type: 'url', inputmode: 'url', autocomplete: 'off', spellcheck: 'false',
      required: true, placeholder: 'https://example.com/webhooks'
    });
    this.events = new EventChoice(eventTypes, webhook?.events ?? []);
    this.headers = new HeaderRows(Object.entries(webhook?.headers ?? {}));
    this.secret = h('input', {class: 'code', autocomplete: 'off', spellcheck: 'false'});
    this.save = h('button', {type: 'submit', class: 'primary'},
      webhook === null ? 'Create webhook' : 'Save');
    this.element = this.#form();
    this.before = JSON.stringify(this.#values());
    this.saved = false;
  }

  unsaved() {
    return !this.saved && this.element.isConnected
      && JSON.stringify(this.#values()) !== this.before;
  }

  #form() {
    const back = this.webhook === null ? '#/' : address('webhooks', this.webhook.id);
    return h('form', {
      class: 'card editor', novalidate: true, onsubmit: event => {
        event.preventDefault();
        whileBusy(this.save, 'Saving…', () => this.#submit());
      }
    },
    field('name', 'Name', this.name, 'Optional; for you to tell webhooks apart.'),
    field('url', 'URL', this.url, 'A public HTTPS address that answers with a status from 200 to '
      + '299.'),
    group('events', 'Events', this.events.elements, 'What the endpoint hears of.'),
    group('headers', 'Headers', this.headers.elements, 'Optional, at most 10; sent with each '
      + 'request, such as an API key. Values are not shown again: ' + MASK
      + ' stands for the stored one.'),
    // A secret in use is replaced by rotation alone, which lets both sign for a while.
    this.webhook === null && field('secret', 'Signing secret', this.secret,
      'Leave it empty to have one generated. Otherwise at least 16 characters.'),
    formProblem(),
    h('div', {class: 'buttons'}, h('a', {class: 'button', href: back}, 'Cancel'), this.save));
  }

  async #submit() {
    clearProblems(this.element);
    const values = this.#values();
    const missing = missingIn(values);
    if (missing.length > 0) {
      showProblems(this.element, missing);
      return;
    }
    try {
      const answer = this.webhook === null
        ? await this.#create(values)
        : await this.#update(values);
      this.saved = true;
      if (answer.secret) {
        await showSecret(answer.secret, 'The webhook is created. With this secret its endpoint '
          + 'verifies that requests come from here.');
      }
      location.hash = address('webhooks', answer.id);
      announce('Saved');
    } catch (refusal) {
      tell(this.element, refusal);
    }
  }

  async #create(values) {
    const body = {url: values.url, events: values.events};
    if (values.name !== '') {
      body.name = values.name;
    }
    if (values.headers.length > 0) {
      body.headers = this.headers.read();
    }
    if (values.secret !== '') {
      body.secret = values.secret;
    }
    return (await change('POST', 'webhooks', JSON.stringify(body))).data;
  }

  /** Sends what was changed here, and leaves the rest to whoever changes it meanwhile. */
  async #update(values) {
    const before = JSON.parse(this.before);
    const body = {};
    for (const name of ['name', 'url', 'events', 'headers']) {
      if (JSON.stringify(values[name]) !== JSON.stringify(before[name])) {
        body[name] = values[name];
      }
    }
    if (body.name === '') {
      body.name = null;
    }
    if (body.headers) {
      body.headers = this.headers.read();
    }
    return (await change('PATCH', webhookPath(this.webhook.id), JSON.stringify(body))).data;
  }

  #values() {
    return {
      name: this.name.value, url: this.url.value.trim(), events: this.events.read(),
      headers: this.headers.pairs(), secret: this.secret.value
    };
  }
}

/** Everything that a form lacks; the server names one thing at a time. */
function missingIn({url, events, headers}) {
  return [
    url === '' && new Refusal(400, 'INVALID_URL', 'the URL is missing'),
    events.length === 0
      && new Refusal(400, 'INVALID_EVENTS', 'choose at least one event'),
    headers.some(([name]) => name === '')
      && new Refusal(400, 'INVALID_HEADER', 'a header has a value but no name')
  ].filter(Boolean);
}

/** Event types in their groups, with a box for each, and a line for any other pattern. */
class EventChoice {
  constructor(eventTypes, chosen) {
    this.boxes = [];
    const names = eventTypes.map(type => type.name);
    const offered = eventTypes.filter(type => type.name !== TEST_EVENT);
    const lists = [...grouped(offered, groupOf)].map(([prefix, members]) => h('div', {
      class: 'choices', role: 'group', 'aria-label': prefix
    }, members.length > 1 && this.#box(prefix + '.*', 'Every event of ' + prefix, chosen),
    members.map(type => this.#box(type.name, type.description, chosen))));
    const all = h('div', {class: 'choices'}, this.#box('*', 'Every event, also future ones', chosen));
    const known = this.boxes.map(box => box.value);
    this.others = h('input', {
      class: 'code', value: chosen.filter(event => !known.includes(event)).join(', '),
      'aria-label': 'Other events or patterns, separated by commas', autocomplete: 'off',
      spellcheck: 'false', placeholder: 'Others, such as ' + patternOf(names)
    });
    this.elements = [all, ...lists, this.others];
  }

  read() {
    const others = this.others.value.split(',').map(text => text.trim()).filter(Boolean);
    return [...this.boxes.filter(box => box.checked).map(box => box.value), ...others];
  }

  #box(value, description, chosen) {
    const box = h('input', {type: 'checkbox', value, checked: chosen.includes(value)});
    this.boxes.push(box);
    return h('label', {class: 'choice'}, box, h('span', {}, h('span', {class: 'code'}, value),
      h('span', {class: 'faint'}, description)));
  }
}

/** Names and values of headers, as many rows as are needed. */
class HeaderRows {
  constructor(pairs) {
    this.rows = h('div', {class: 'rows'});
    this.add = h('button', {type: 'button', class: 'small', onclick: () => {
      this.#row('', '').querySelector('input').focus();
    }}, 'Add a header');
    this.elements = [this.rows, this.add];
    pairs.forEach(([name, value]) => this.#row(name, value));
  }

  pairs() {
    return [...this.rows.children]
      .map(row => [...row.querySelectorAll('input')].map(input => input.value.trim()))
      .filter(([name, value]) => name !== '' || value !== '');
  }

  /** The headers as one object, which cannot have a name twice. */
  read() {
    const pairs = this.pairs();
    const names = pairs.map(([name]) => name.toLowerCase());
    const twice = pairs.find(([name], i) => names.indexOf(name.toLowerCase()) !== i);
    if (twice) {
      throw new Refusal(400, 'INVALID_HEADER', 'header "' + twice[0] + '" is given twice');
    }
    return Object.fromEntries(pairs);
  }

  #row(name, value) {
    const row = h('div', {class: 'row'},
      h('input', {
        class: 'code', value: name, 'aria-label': 'Name of the header', placeholder: 'Name',
        autocomplete: 'off', spellcheck: 'false'
      }),
      h('input', {
        class: 'code', value, 'aria-label': 'Value of the header', placeholder: 'Value',
        autocomplete: 'off', spellcheck: 'false'
      }),
      h('button', {type: 'button', 'aria-label': 'Remove the header', onclick: () => {
        row.remove();
        this.add.focus();
      }}, 'Remove'));
    this.rows.append(row);
    return row;
  }
}

function groupOf(type) {
  return type.name.split('.')[0];
}

function grouped(all, keyOf) {
  const groups = new Map();
  for (const one of all) {
    groups.set(keyOf(one), [...groups.get(keyOf(one)) ?? [], one]);
  }
  return groups;
}

/** An example of what the boxes do not offer: a group within a group. */
function patternOf(names) {
  const deep = names.find(name => name.split('.').length > 2);
  return deep ? deep.split('.').slice(0, -1).join('.') + '.*' : 'order.*';
}
