// The dashboard: it hears the state of its server each second and shows it; what is not live does not look live.

import { Rows, el, mark, put, show } from './dom.js';
import { None, bytes, count, many, processors, rate, span, timeOfDay } from './format.js';
import { Live } from './live.js';
import { forgetCameras, prepareCameras, updateCameras } from './cameras.js';
import { forgetPipelines, updatePipelines } from './pipelines.js';
import { forgetPools, updatePools } from './pools.js';
import { forgetChildren, updateChildren } from './children.js';
import { forgetStalls, noteStall, prepareStalls, updateStalls } from './stalls.js';
import { prepareReports } from './report.js';

const api = new URL('api/', import.meta.url);
const by = id => document.getElementById(id);
const tiles = new Rows(by('tiles'), tile);
const facts = new Rows(by('facts'), fact);
let process = null;
let name = 'Dashboard';

const live = new Live(new URL('events', api), new URL('state', api), { onState, onStall: noteStall, onStatus });
prepareStalls();
prepareReports(api);
prepareCameras(api, () => live.isLive);
live.start();

function onState(state) {
  const { host } = state;
  const now = Date.parse(state.time) / 1000;
  const identity = `${host.name} ${host.processId} ${host.startedAt}`;
  if (identity !== process) {
    process = identity;
    [forgetCameras, forgetPipelines, forgetPools, forgetChildren, forgetStalls].forEach(forget => forget());
  }
  live.expectEvery(state.browsers.updateSeconds);
  name = `${host.application} on ${host.name}`;
  put(by('title'), name);
  updateFacts(state, now);
  show(by('figures'), true);
  const sums = { cameras: updateCameras(state.cameras, now), pools: updatePools(state.pools, now), children: updateChildren(state, now), stalls: updateStalls(state.stalls, now) };
  updatePipelines(state.pipelines);
  updateTiles(sums);
  put(by('foot'), `${host.system} · ${host.runtime} · ${count(state.browsers.connected)} of ${many(state.browsers.limit, 'browser')} · state of ${timeOfDay(Date.parse(state.time))}`);
}

function updateFacts({ host, process: own }, now) {
  facts.update([
    ['Up', span(now - Date.parse(host.startedAt) / 1000)],
    ['Processor', `${processors(own.processorsUsed ?? NaN)} of ${count(host.processors)}`],
    ['Memory', bytes(own.rssBytes)],
    ['Threads', count(own.threads)],
    ['Process', String(host.processId)],
  ], ([term]) => term);
}

function updateTiles({ cameras, pools, children, stalls }) {
  tiles.update([
    {
      name: 'Frames a second', value: cameras.count === 0 ? None : rate(cameras.rate), note: cameras.due ? `of ${rate(cameras.due)}` : many(cameras.count, 'camera'),
      tone: cameras.count === 0 ? 'none' : cameras.running < cameras.count ? 'bad' : 'good',
    },
    {
      name: 'Lost in a minute', value: cameras.count === 0 ? None : count(cameras.lostLately), note: cameras.count === 0 ? 'no camera' : `${count(cameras.lost)} in all`,
      tone: cameras.count === 0 ? 'none' : cameras.lostLately > 0 ? 'warn' : 'good',
    },
    {
      name: 'Jobs a second', value: pools.count === 0 ? None : rate(pools.jobs), note: pools.count === 0 ? 'no pool' : `${count(pools.running)} running, ${count(pools.queued)} waiting`,
      tone: pools.count === 0 ? 'none' : 'good',
    },
    {
      name: 'Workers ready', value: pools.count === 0 ? None : `${count(pools.ready)} of ${count(pools.workers)}`, note: pools.count === 0 ? 'no pool' : many(pools.restarts, 'restart'),
      tone: pools.count === 0 ? 'none' : pools.ready === 0 ? 'bad' : pools.ready < pools.workers ? 'warn' : 'good',
    },
    {
      name: 'Children', value: count(children.count), note: children.broken > 0 ? `${count(children.broken)} kept ${children.broken === 1 ? 'one is' : 'ones are'} down` : bytes(children.memory),
      tone: children.broken > 0 ? 'bad' : children.count > 0 ? 'good' : 'none',
    },
    {
      name: 'Stalls in an hour', value: count(stalls.lastHour), note: stalls.going > 0 ? `${count(stalls.going)} now` : stalls.latest === null ? 'none yet' : `the last ${span(stalls.latest)} ago`,
      tone: stalls.going > 0 ? 'bad' : stalls.lastHour > 0 ? 'warn' : 'good',
    },
  ], item => item.name);
}

function tile({ name: title }) {
  const [value, note] = [el('dd', { class: 'value' }), el('dd', { class: 'note' })];
  const node = el('div', { class: 'tile' }, el('dt', null, title), value, note);
  return {
    node,
    update(item) {
      put(value, item.value);
      put(note, item.note);
      mark(node, 'tone', item.tone);
    },
  };
}

function fact([term]) {
  const value = el('dd');
  return { node: el('div', null, el('dt', null, term), value), update: ([, text]) => put(value, text) };
}

function onStatus({ kind, since, reason }) {
  const at = since === null ? null : timeOfDay(since);
  mark(document.body, 'live', kind === 'live');
  mark(by('connection'), 'kind', kind);
  put(by('connection-text'), {
    live: 'Live',
    connecting: 'Connecting',
    late: at ? `Reconnecting since ${at}` : 'Reconnecting',
    gone: at ? `Server gone since ${at}` : 'No server',
    refused: 'Refused',
  }[kind]);
  const then = at ? ` The figures are of ${at}.` : '';
  put(by('notice'), kind === 'refused' ? `The server refuses this page. ${reason}${then}`
    : kind === 'gone' ? `The server does not answer.${then} This page goes on trying.`
    : kind === 'late' ? `No word from the server.${then}` : '');
  show(by('notice'), by('notice').textContent !== '');
  const title = kind === 'live' || kind === 'connecting' ? name : `Not live: ${name}`;
  if (document.title !== title) {
    document.title = title;
  }
}
