// Pools: their workers, their jobs, and how those ended.

import { Rows, el, mark, put, show } from './dom.js';
import { None, count, duration, many, rate, words } from './format.js';
import { Growth, Trace } from './history.js';
import { sparkline } from './charts.js';

const MaxCells = 64;

const box = document.getElementById('pools');
let rows = null;
let time = 0;

/** Another process: what was seen of the one before is not of this one. */
export function forgetPools() {
  box.replaceChildren();
  rows = new Rows(box, pool => {
    const card = new PoolCard(pool);
    return { node: card.node, update: now => card.update(now, time) };
  });
}

/** Shows the pools of a state; returns their sums. */
export function updatePools(pools, now) {
  time = now;
  rows.update(pools, pool => pool.name);
  show(document.getElementById('no-pools'), pools.length === 0);
  const of = name => pools.reduce((sum, pool) => sum + (pool[name] ?? 0), 0);
  put(document.getElementById('pools-sum'), pools.length === 0 ? '' : `${many(pools.length, 'pool')}, ${count(of('ready'))} of ${many(of('workers'), 'worker')} ready`);
  return { count: pools.length, workers: of('workers'), ready: of('ready'), restarts: of('restarts'), jobs: of('jobsPerSecond'), running: of('running'), queued: of('queued') };
}

function exitRow() {
  const [reason, value] = [el('dt'), el('dd')];
  return { node: el('div', null, reason, value), update: exit => [put(reason, words(exit.reason)), put(value, count(exit.count))] };
}

class PoolCard {
  #state = el('span', { class: 'state' });
  #jobs = el('span', { class: 'big' });
  #line = sparkline();
  #trace = new Trace();
  #growth = new Growth();
  #cells = el('div', { class: 'cells', 'aria-hidden': 'true' });
  #workers = el('p', { class: 'hint' });
  #failure = el('p', { class: 'failure', hidden: true });
  #values = new Map();
  #exits = el('dl', { class: 'rows' });
  #exitRows = new Rows(this.#exits, exitRow);

  constructor({ name }) {
    this.node = el('article', { class: 'card pool', 'aria-label': `Pool ${name}` },
      el('div', { class: 'card-head' }, el('h3', null, name), this.#state),
      el('div', { class: 'look' },
        el('div', { class: 'workers' }, this.#cells, this.#workers),
        el('div', { class: 'rate' }, el('p', null, this.#jobs, ' ', el('span', { class: 'unit' }, 'jobs/s')), this.#line.node)),
      this.#failure,
      el('div', { class: 'columns' },
        this.#list('Jobs', ['waiting', 'running', 'succeeded', 'failed', 'timed out', 'cancelled', 'rejected', 'quarantined']),
        this.#list('Workers', ['started', 'restarts', 'recycled', 'ended by force']),
        el('div', null, el('h4', null, 'Why they ended'), this.#exits),
        this.#list('Times', ['wait, p50', 'wait, p99', 'in all, p50', 'in all, p99', 'longest'])));
  }

  #list(title, terms) {
    return el('div', null, el('h4', null, title), el('dl', { class: 'rows' }, ...terms.map(term => {
      this.#values.set(term, el('dd'));
      return el('div', null, el('dt', null, term), this.#values.get(term));
    })));
  }

  update(pool, now) {
    mark(this.node, 'tone', pool.ready === 0 ? 'bad' : pool.ready < pool.workers ? 'warn' : 'good');
    put(this.#state, pool.ready === 0 ? 'no worker' : pool.ready < pool.workers ? 'short of workers' : 'ready');
    put(this.#jobs, rate(pool.jobsPerSecond ?? NaN));
    this.#trace.add(now, pool.jobsPerSecond);
    this.#line.update(this.#trace.points, now, 1);
    this.#updateWorkers(pool);
    put(this.#failure, pool.startFailure ?? '');
    show(this.#failure, Boolean(pool.startFailure));
    const grown = this.#growth.note(now, new Map(['failed', 'timedOut', 'cancelled', 'rejected', 'restarts', 'kills'].map(name => [name, pool[name]])));
    this.#put('waiting', count(pool.queued));
    this.#put('running', count(pool.running));
    this.#put('succeeded', count(pool.succeeded));
    for (const [term, name] of [['failed', 'failed'], ['timed out', 'timedOut'], ['cancelled', 'cancelled'], ['rejected', 'rejected'], ['restarts', 'restarts'], ['ended by force', 'kills']]) {
      this.#put(term, count(pool[name]), grown.of(name) > 0);
    }
    this.#put('quarantined', count(pool.quarantined), pool.quarantined > 0);
    this.#put('started', count(pool.started));
    this.#put('recycled', count(pool.recycles));
    this.#exitRows.update(pool.exits, exit => exit.reason);
    for (const [term, summary] of [['wait', pool.wait], ['in all', pool.duration]]) {
      this.#put(`${term}, p50`, summary?.count > 0 ? duration(summary.p50) : None);
      this.#put(`${term}, p99`, summary?.count > 0 ? duration(summary.p99) : None);
    }
    this.#put('longest', pool.duration?.count > 0 ? duration(pool.duration.max) : None);
  }

  #put(term, text, grows = false) {
    const node = this.#values.get(term);
    put(node, text);
    mark(node, 'grows', grows);
  }

  #updateWorkers({ workers, ready, busy, starting, spare }) {
    const [free, missing] = [Math.max(0, ready - busy), Math.max(0, workers - ready - starting)];
    put(this.#workers, [`${count(ready)} of ${count(workers)} ready`, `${count(busy)} busy`, starting > 0 ? `${count(starting)} starting` : '', spare > 0 ? `${count(spare)} spare` : ''].filter(Boolean).join(', '));
    const kinds = [['busy', busy], ['free', free], ['starting', starting], ['missing', missing], ['spare', spare]].flatMap(([kind, amount]) => new Array(Math.min(amount, MaxCells)).fill(kind)).slice(0, MaxCells);
    while (this.#cells.childElementCount < kinds.length) {
      this.#cells.append(el('span'));
    }
    while (this.#cells.childElementCount > kinds.length) {
      this.#cells.lastElementChild.remove();
    }
    kinds.forEach((kind, i) => mark(this.#cells.children[i], 'kind', kind));
  }
}
