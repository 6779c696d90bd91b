/** How a webhook is doing: in a word, what is to be done about it, and in figures. */
import {h} from './dom.js';
import {badge, due, exactTime, number, percent, plural, since, time} from './format.js';

/**
 * Says how a webhook is doing: its status, or for an active one `failing` if its last attempt has
 * failed, and `suspended` if nothing is sent since it cannot be reached. One success ends both.
 */
export function stateOf(webhook) {
  if (webhook.status !== 'active') {
    return webhook.status;
  }
  if (webhook.suspendedUntil) {
    return 'suspended';
  }
  return webhook.statistics.consecutiveFailures > 0 ? 'failing' : 'active';
}

/** The badge of a webhook, and since when it is so or for how long. */
export function healthBadge(webhook) {
  const state = stateOf(webhook);
  const note = {
    failing: () => sinceWhen(webhook),
    suspended: () => ['failing since ', since(webhook.failingSince)],
    failed: () => 'nothing is sent'
  }[state];
  return h('div', {class: 'state'}, badge(state), note && h('span', {class: 'faint'}, note()));
}

function sinceWhen({failingSince, statistics}) {
  // What is known of the endpoint is a moment behind the figures, and forgotten by a new start.
  return failingSince
    ? ['since ', since(failingSince)]
    : ['last success: ', time(statistics.lastSuccessAt, 'never')];
}

/** What its state means, if something is to be done about it. */
export function healthNotice(webhook) {
  const say = {
    failed: () => ['bad', 'This webhook has failed. ',
      'Its endpoint answered 410 Gone, or failed for days, so nothing is sent to it any more. '
      + 'Mend the endpoint, then choose "Reactivate", and "Recover failed" to send again what it '
      + 'missed.'],
    paused: () => ['', 'This webhook is paused. ',
      'Deliveries are kept, and sent when it is resumed.'],
    suspended: () => ['bad', 'This webhook is suspended: its endpoint cannot be reached. ',
      tally(webhook), 'Nothing is sent until ', since(webhook.suspendedUntil), '; the first '
      + 'delivery that is due then is a trial, and if it arrives, the others follow. Mend the '
      + 'endpoint, or its address with "Edit". "Resume now" sends without a trial.'],
    failing: () => ['bad', 'This webhook is failing', ' (', sinceWhen(webhook), '). ',
      tally(webhook), 'Look at a delivery to see what the endpoint answered, mend the endpoint, '
      + 'and see with "Send a test" that it works. Deliveries are sent again for some days.']
  }[stateOf(webhook)];
  if (!say) {
    return null;
  }
  const [style, word, ...more] = say();
  return h('p', {class: 'notice ' + style}, h('strong', {}, word), more);
}

/** Attempts and deliveries told apart: one delivery may take many attempts. */
function tally({statistics: counts}) {
  return plural(counts.consecutiveFailures, 'attempt') + ' in a row failed, '
    + plural(counts.failed, 'delivery', 'deliveries') + ' given up, '
    + number(counts.pending) + ' pending. ';
}

export function statistics(counts) {
  const tile = (label, value, note) => h('div', {class: 'tile'},
    h('dt', {}, label), h('dd', {}, h('span', {class: 'figure'}, value),
      h('span', {class: 'faint'}, note)));
  const bar = h('span', {class: 'fill'});
  bar.style.width = (counts.successRate ?? 0) * 100 + '%';
  const rate = tile('Success rate', percent(counts.successRate), shareOf(counts));
  rate.append(h('dd', {class: 'bar', 'aria-hidden': 'true'}, bar));
  return h('section', {}, h('h2', {class: 'unseen'}, 'Statistics'),
    h('dl', {class: 'tiles'},
      rate,
      tile('Delivered', number(counts.succeeded),
        ['last: ', time(counts.lastSuccessAt, 'never')]),
      tile('Pending', number(counts.pending), 'deliveries to be sent'),
      tile('Given up', number(counts.failed), 'failed deliveries'),
      tile('Failed attempts', number(counts.consecutiveFailures),
        ['in a row; last: ', time(counts.lastFailureAt, 'never')])),
    h('p', {class: 'hint'}, 'The success rate counts deliveries that have ended, not attempts. '
      + 'One that was given up still counts after a retry, which is a delivery of its own. '
      + 'Tests do not count.'));
}

/** What the success rate is a share of. */
export function shareOf({succeeded, failed}) {
  return succeeded + failed === 0
    ? 'nothing has ended yet'
    : number(succeeded) + ' of ' + plural(succeeded + failed, 'delivery', 'deliveries');
}

/** When a pending delivery is sent next, as far as its webhook's state allows; or null. */
export function nextAttempt(delivery, webhook) {
  const held = {
    paused: () => 'when the webhook is resumed', failed: () => 'none, the webhook has failed',
    suspended: () => due(later(delivery.nextAttemptAt, webhook.suspendedUntil))
  }[stateOf(webhook)];
  return delivery.status !== 'pending' ? null : held ? held() : due(delivery.nextAttemptAt);
}

/** As `nextAttempt`, with the exact time where there is one. */
export function exactNextAttempt(delivery, webhook) {
  const next = nextAttempt(delivery, webhook);
  return next instanceof HTMLTimeElement ? exactTime(next.dateTime, '—', due) : next;
}

function later(one, other) {
  return new Date(one) > new Date(other) ? one : other;
}
