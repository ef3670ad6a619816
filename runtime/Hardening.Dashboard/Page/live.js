// The connection to the server: what it says, and whether it still says anything.

const LateAfter = 3_000; // the server speaks every second
const GoneAfter = 15_000;
const LookEvery = 500;
const FirstRetry = 500;
const LastRetry = 5_000;
const ProbeLimit = 4_000;

/**
 * Server-sent events, over a connection that is made anew for as long as the page is open. `onStatus` hears
 * { kind, since, reason } twice a second and with every word: kind is connecting, live, late, gone or refused, and live
 * only within three seconds of a word of the server; since is when it spoke last, or null.
 */
export class Live {
  #url;
  #probeUrl;
  #handlers;
  #source = null;
  #opened = 0;
  #heard = null;
  #heardAt = null;
  #retry = FirstRetry;
  #timer = 0;
  #reason = '';
  #isLive = false;

  constructor(url, probeUrl, handlers) {
    this.#url = url;
    this.#probeUrl = probeUrl;
    this.#handlers = handlers;
  }

  get isLive() {
    return this.#isLive;
  }

  start() {
    setInterval(() => this.#look(), LookEvery);
    addEventListener('online', () => this.#connectIn(0));
    document.addEventListener('visibilitychange', () => this.#look());
    this.#connect();
  }

  #connect() {
    this.#source?.close();
    this.#opened = performance.now();
    const source = new EventSource(this.#url);
    this.#source = source;
    const on = (name, handle) => source.addEventListener(name, event => {
      if (source === this.#source) {
        this.#hear();
        handle(JSON.parse(event.data));
      }
    });
    on('state', this.#handlers.onState);
    on('stall', this.#handlers.onStall);
    source.addEventListener('error', () => {
      if (source === this.#source) {
        this.#break();
      }
    });
  }

  #hear() {
    this.#heard = performance.now();
    this.#heardAt = Date.now();
    this.#reason = '';
    this.#retry = FirstRetry;
    this.#look();
  }

  #break() {
    this.#source?.close();
    this.#source = null;
    this.#connectIn(this.#retry);
    this.#retry = Math.min(this.#retry * 2, LastRetry);
    this.#look();
  }

  #connectIn(delay) {
    if (this.#source) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      this.#reason = await this.#askWhyNot();
      this.#connect();
    }, delay);
  }

  // An EventSource does not tell why it was refused; a plain request does.
  async #askWhyNot() {
    try {
      const answer = await fetch(this.#probeUrl, { cache: 'no-store', signal: AbortSignal.timeout(ProbeLimit) });
      return answer.ok ? '' : `${answer.status}: ${(await answer.text()).split('\n', 1)[0].slice(0, 300)}`;
    } catch {
      return '';
    }
  }

  #look() {
    const now = performance.now();
    const silence = now - (this.#heard ?? 0);
    if (this.#source && now - Math.max(this.#heard ?? 0, this.#opened) > GoneAfter) {
      this.#break(); // it is open, and nobody is at the other end
      return;
    }
    const kind = this.#reason ? 'refused'
      : this.#source && this.#heard !== null && silence < LateAfter ? 'live'
      : this.#heard === null && silence < LateAfter ? 'connecting'
      : silence < GoneAfter ? 'late' : 'gone';
    this.#isLive = kind === 'live';
    this.#handlers.onStatus({ kind, since: this.#heardAt, reason: this.#reason });
  }
}
