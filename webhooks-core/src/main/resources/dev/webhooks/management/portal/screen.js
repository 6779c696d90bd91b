/** Shows one view: reads what it needs, draws it, and keeps it up to date while it is looked at. */
import {announce, byId, h, replace} from './dom.js';
import {Refusal} from './api.js';

const QUICK = 800;
const SOON = 5000;
const LATE = 30000;
const SLOWER = 1.5;
/** How long a view may take before it says that it is being read. */
const UNNOTICED = 250;
/** How long to look again and again quickly after something was sent. */
const EAGER = 10000;
let eagerUntil = 0;

/** For when something is on its way whose outcome the user waits for, on whatever view. */
export function hurry() {
  eagerUntil = Date.now() + EAGER;
}

/** Shows where a view is, and what it is called. */
export function showPlace({path = [], title}) {
  replace(byId('crumbs'), [
    ...path.map(([label, href]) => h('li', {}, h('a', {href, 'data-key': 'crumb ' + href},
      h('bdi', {}, label)))),
    h('li', {'aria-current': 'page'}, h('bdi', {}, title))
  ]);
}

export class Screen {
  /**
   * @param view `title` and `path`, which may get better while it is read and drawn;
   *     `read(signal)`, whose `text` tells whether something has changed; `draw(answer, screen)` returns what to show of it; `frame(screen)` what stays
   *     around it; `live`, whether it is read again and again
   * @param ended called when the session has ended
   */
  constructor(view, ended) {
    this.view = view;
    this.ended = ended;
    this.leaving = new AbortController();
    this.place = h('div', {class: 'view'});
    this.text = null;
    this.readAt = null;
    this.pause = SOON;
    this.timer = null;
    this.running = null;
  }

  async open(main, focus) {
    const slow = setTimeout(() => this.#cover('Loading…'), UNNOTICED);
    try {
      const frame = await this.view.frame?.(this);
      if (this.left()) {
        return;
      }
      main.replaceChildren(...[frame ?? []].flat(), this.place);
    } catch (refusal) {
      if (!this.left()) {
        main.replaceChildren(this.place);
        this.#failed(refusal);
      }
      return;
    } finally {
      clearTimeout(slow);
    }
    const late = setTimeout(() => this.#cover('Loading…'), UNNOTICED);
    await this.refresh();
    clearTimeout(late);
    if (focus && !this.left()) {
      (main.querySelector('h1') ?? main).focus();
    }
  }

  /** Reads again at once, such as after something was changed here. */
  refresh() {
    this.pause = SOON;
    return this.#again();
  }

  left() {
    return this.leaving.signal.aborted;
  }

  leave() {
    clearTimeout(this.timer);
    this.leaving.abort();
  }

  /** For when the page is looked at again, or not any more. */
  visibilityChanged() {
    if (document.visibilityState === 'hidden') {
      clearTimeout(this.timer);
    } else if (this.view.live && !this.left()) {
      this.refresh();
    }
  }

  /** Tells how old what is shown is. */
  freshness() {
    return this.view.live && this.readAt !== null
      ? Math.round((Date.now() - this.readAt) / 1000)
      : null;
  }

  /** Never two at once; who asks during one gets another after it, as that one may be too early. */
  async #again() {
    clearTimeout(this.timer);
    if (this.running) {
      await this.running;
    }
    this.running ??= this.#once().finally(() => { this.running = null; });
    return this.running;
  }

  async #once() {
    try {
      const answer = await this.view.read(this.leaving.signal);
      if (this.left()) {
        return;
      }
      this.readAt = Date.now();
      byId('notices').querySelector('.offline')?.remove();
      this.pause = this.#show(answer) ? SOON : Math.min(LATE, this.pause * SLOWER);
    } catch (refusal) {
      if (this.left()) {
        return;
      }
      this.#failed(refusal);
    }
    this.#later();
  }

  /** Draws what has changed, unless that would disturb; then the next time will do. */
  #show(answer) {
    if (answer.text === this.text) {
      return false;
    }
    if (this.text !== null && this.#disturbs()) {
      return true;
    }
    this.text = answer.text;
    replace(this.place, [this.view.draw(answer, this)].flat());
    this.place.removeAttribute('aria-busy');
    showPlace(this.view);
    nameTab(byId('main').querySelector('h1')?.textContent ?? this.view.title);
    return true;
  }

  #disturbs() {
    const selection = getSelection();
    return document.querySelector('dialog[open]') !== null
      || (!selection.isCollapsed && this.place.contains(selection.anchorNode))
      || this.place.querySelector(':disabled') !== null;
  }

  #later() {
    if (this.view.live && !this.left() && document.visibilityState !== 'hidden') {
      const pause = Date.now() < eagerUntil ? QUICK : this.pause;
      this.timer = setTimeout(() => this.#again(), pause);
    }
  }

  #failed(refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    this.pause = Math.min(LATE * 2, this.pause * 2);
    if (refusal.status === 401) {
      if (this.text === null) {
        this.place.replaceChildren();
      }
      this.ended();
    } else if (refusal.status === 404 || this.text === null) {
      this.text = this.readAt = null;
      this.place.replaceChildren(problem(refusal, () => this.refresh()));
    } else if (!byId('notices').querySelector('.offline')) {
      byId('notices').append(h('p', {class: 'notice offline'},
        'What you see may be out of date: ' + refusal.message + '.'));
      announce('What you see may be out of date');
    }
  }

  #cover(text) {
    if (!this.left() && this.text === null) {
      this.place.setAttribute('aria-busy', 'true');
      this.place.replaceChildren(h('p', {class: 'loading'}, text));
      if (!this.place.isConnected) {
        byId('main').replaceChildren(this.place);
      }
    }
  }
}

/** Names the tab after what it shows and after the host. */
export function nameTab(text) {
  const title = document.querySelector('meta[name="portal-title"]').content;
  document.title = title === '' ? text : text + ' – ' + title;
}

function problem(refusal, retry) {
  const gone = refusal.status === 404;
  return h('section', {class: 'card empty'},
    h('h1', {tabindex: '-1'}, gone ? 'Not found' : 'This did not work'),
    h('p', {}, gone
      ? 'What you are looking for does not exist, or was deleted.'
      : refusal.message),
    h('p', {}, gone
      ? h('a', {class: 'button', href: '#/'}, 'All webhooks')
      : h('button', {type: 'button', onclick: retry}, 'Try again')));
}
