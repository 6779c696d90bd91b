/** Questions and answers in front of the page. */
import {h, announce} from './dom.js';
import {clearProblems, formProblem, showProblem} from './fields.js';
import {Refusal} from './api.js';

let ids = 0;

/**
 * Asks for something, does it, and shows why it was refused until it is done or given up.
 *
 * @param content what is above the buttons
 * @param label of the button that does it
 * @param act does it; what it throws as a `Refusal` is shown; returns undefined to stay open
 * @returns what `act` returned, or null if it was given up
 */
export function ask({
  title, content, label, cancelLabel = 'Cancel', busy = 'One moment…', danger = false, act
}) {
  const submit = h('button', {class: danger ? 'danger' : 'primary', type: 'submit'}, label);
  const cancel = h('button', {type: 'button', autofocus: danger}, cancelLabel);
  const form = h('form', {novalidate: true}, content, formProblem(),
    h('div', {class: 'buttons'}, cancel, submit));
  return open(title, form, (dialog, close) => {
    cancel.addEventListener('click', () => close(null));
    dialog.addEventListener('cancel', event => {
      if (submit.disabled) {
        event.preventDefault();
      }
    });
    form.addEventListener('submit', async event => {
      event.preventDefault();
      await whileBusy(submit, busy, async () => {
        clearProblems(form);
        try {
          const result = await act();
          if (result !== undefined) {
            close(result);
          }
        } catch (refusal) {
          tell(form, refusal);
        }
      });
    });
  });
}

/** Shows a signing secret, which will not be seen again. */
export function showSecret(secret, sentence) {
  const value = h('input', {
    readonly: true, class: 'code', value: secret, 'aria-label': 'Signing secret', spellcheck: 'false'
  });
  const done = h('button', {type: 'button'}, 'I have stored it');
  const copy = h('button', {type: 'button', class: 'primary'}, 'Copy');
  const body = h('div', {},
    h('p', {}, sentence),
    h('div', {class: 'joined'}, value, copy),
    h('p', {class: 'hint'},
      'It is shown this once. Store it where your endpoint verifies signatures.'),
    h('div', {class: 'buttons'}, done));
  return open('Signing secret', body, (dialog, close) => {
    value.addEventListener('focus', () => value.select());
    copy.addEventListener('click', () => copyFrom(value, copy));
    done.addEventListener('click', () => close(null));
    // Not by accident: it could never be read again.
    dialog.addEventListener('cancel', event => event.preventDefault());
    dialog.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        event.preventDefault();
      }
    });
  });
}

/** Does something while its button says that it is being done, and cannot be pressed again. */
export async function whileBusy(button, label, act) {
  if (button.disabled) {
    return;
  }
  const before = button.textContent;
  button.disabled = true;
  button.textContent = label;
  try {
    await act();
  } finally {
    button.disabled = false;
    button.textContent = before;
  }
}

/** Shows a refusal in a form; anything else is a fault of this page. */
export function tell(form, refusal) {
  if (!(refusal instanceof Refusal)) {
    throw refusal;
  }
  showProblem(form, refusal);
}

function open(title, body, wire) {
  const id = 'dialog-' + ++ids;
  const dialog = h('dialog', {'aria-labelledby': id}, h('h2', {id}, title), body);
  const opener = document.activeElement?.closest('[data-key]')?.dataset.key;
  return new Promise(resolve => {
    let result = null;
    wire(dialog, value => {
      result = value;
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      // Where it was opened, even if that was drawn anew meanwhile.
      if (opener && !document.activeElement?.closest('main')) {
        document.querySelector('[data-key="' + CSS.escape(opener) + '"]')?.focus();
      }
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

async function copyFrom(input, button) {
  let copied = true;
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    // Not allowed in a frame unless its host says so; the older way may be.
    input.select();
    copied = document.execCommand('copy');
  }
  button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
  announce(copied ? 'Copied' : 'Selected; press Ctrl+C to copy');
}
