/** Labelled form controls, and the server's own words beside those they are about. */
import {h, announce} from './dom.js';

/** Which field a code is about; a form has one of them. */
const ABOUT = {
  INVALID_URL: ['url'],
  INVALID_EVENTS: ['events', 'event'],
  SECRET_TOO_SHORT: ['secret'],
  TOO_MANY_HEADERS: ['headers'],
  INVALID_HEADER: ['headers'],
  PAYLOAD_TOO_LARGE: ['payload']
};
let ids = 0;

/**
 * Makes a control with its label, hint, and a place for what is wrong with it.
 *
 * @param name the name the field has in the API
 */
export function field(name, label, control, hint = null) {
  control.id = 'field-' + ++ids;
  return wrap(h('div', {class: 'field', 'data-field': name}), [
    h('label', {for: control.id}, label),
    hint && h('p', {class: 'hint', id: control.id + '-hint'}, hint),
    control
  ], control, hint);
}

/** As `field`, for a group of controls. */
export function group(name, label, content, hint = null) {
  const set = h('fieldset', {class: 'field', 'data-field': name, id: 'field-' + ++ids});
  return wrap(set, [
    h('legend', {}, label),
    hint && h('p', {class: 'hint', id: set.id + '-hint'}, hint),
    ...content
  ], set, hint);
}

export function select(options, value, attributes = {}) {
  const control = h('select', attributes, options.map(([key, label]) =>
    h('option', {value: key}, label)));
  if (value && !options.some(([key]) => key === value)) {
    control.append(h('option', {value}, value));
  }
  control.value = value ?? options[0][0];
  return control;
}

/** Shows why the form was refused: beside the field that it is about, or else above the buttons. */
export function showProblem(form, refusal) {
  showProblems(form, [refusal]);
}

/** Shows everything that a form was refused for; the first gets the focus. */
export function showProblems(form, refusals) {
  clearProblems(form);
  const places = refusals.map(refusal => mark(form, refusal));
  places[0].focus();
  // For when the focus was there already, and for the others.
  announce(refusals.map(refusal => refusal.message).join('; '));
}

/** Marks what a refusal is about, and returns where the user goes on. */
function mark(form, refusal) {
  const about = fieldOf(form, refusal);
  if (!about) {
    const place = form.querySelector('.form-problem');
    place.textContent = refusal.message;
    return place;
  }
  about.querySelector('.problem').textContent = refusal.message;
  const target = about.matches('fieldset') ? about.querySelector('input, button') : about.control;
  target.setAttribute('aria-describedby', describe(about.control, about.hinted, true));
  if (!target.matches('button')) {
    target.setAttribute('aria-invalid', 'true');
  }
  return target;
}

export function clearProblems(form) {
  for (const place of form.querySelectorAll('.problem, .form-problem')) {
    place.textContent = '';
  }
  for (const about of form.querySelectorAll('[data-field]')) {
    for (const control of [about.control, ...about.querySelectorAll('input, button')]) {
      control.removeAttribute('aria-invalid');
      control.removeAttribute('aria-describedby');
    }
    if (about.hinted) {
      about.control.setAttribute('aria-describedby', describe(about.control, true, false));
    }
  }
}

/** Where what is wrong with no single field is said. */
export function formProblem() {
  return h('p', {class: 'form-problem', role: 'alert', tabindex: '-1'});
}

/** A moment in the form's own time zone, for a control of type datetime-local. */
export function toLocal(instant) {
  const shifted = new Date(instant.getTime() - instant.getTimezoneOffset() * 60000);
  return shifted.toISOString().slice(0, 16);
}

/** The moment that a control of type datetime-local says, as the API wants it. */
export function fromLocal(text) {
  const instant = new Date(text);
  return text === '' || isNaN(instant) ? '' : instant.toISOString();
}

function wrap(place, content, control, hint) {
  const problem = h('p', {class: 'problem', id: control.id + '-problem'});
  place.append(...content.filter(Boolean), problem);
  place.control = control;
  place.hinted = hint !== null;
  if (hint) {
    control.setAttribute('aria-describedby', describe(control, true, false));
  }
  return place;
}

function describe(control, hinted, wrong) {
  return [hinted && control.id + '-hint', wrong && control.id + '-problem']
    .filter(Boolean).join(' ');
}

function fieldOf(form, refusal) {
  const fields = [...form.querySelectorAll('[data-field]')];
  const names = ABOUT[refusal.code] ?? [];
  return fields.find(one => names.includes(one.dataset.field)
    || (refusal.code === 'INVALID_REQUEST'
      && refusal.message.startsWith(one.dataset.field + ' ')));
}
