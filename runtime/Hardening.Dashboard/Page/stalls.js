// Stalls: what stood still in the last ten minutes or the last hour, as marks in time and as a list that opens reports.

import { Rows, el, mark, put, show } from './dom.js';
import { count, duration, span, timeOfDay } from './format.js';
import { groupOf, nameOf } from './causes.js';
import { openReport, refreshReport } from './report.js';

const MaxStalls = 200;
const MaxLanes = 4;
const Newest = 2; // are always in sight
const LeastWidth = 0.35; // percent of the strip: the shortest stall is seen, too
const ticks = { 600: [10, 8, 6, 4, 2, 0], 3600: [60, 45, 30, 15, 0] };

const by = id => document.getElementById(id);
const strip = by('strip');
const earlier = by('earlier');
const said = new Set();
let stalls = [];
let isFirst = true;
let [marks, latest, rest, time] = [null, null, null, 0];
const range = () => Number(document.querySelector('#range input:checked').value);

export function prepareStalls() {
  marks = new Rows(strip, stallMark);
  latest = new Rows(by('latest'), stallRow);
  rest = new Rows(by('earlier-list'), stallRow);
  by('range').addEventListener('change', () => {
    drawScale();
    draw();
  });
  earlier.addEventListener('toggle', draw);
  drawScale();
}

/** Another process: what was seen of the one before is not of this one. */
export function forgetStalls() {
  stalls = [];
  isFirst = true;
  said.clear();
}

/** All stalls of a state; returns what there is to say of the last hour. */
export function updateStalls(all, now) {
  time = now;
  stalls = all.slice(0, MaxStalls);
  if (isFirst) {
    stalls.forEach(stall => said.add(stall.id)); // they are old news
    isFirst = false;
  }
  for (const id of said) {
    if (!stalls.some(stall => stall.id === id)) {
      said.delete(id);
    }
  }
  stalls.toReversed().forEach(say);
  stalls.forEach(refreshReport);
  draw();
  const hour = stalls.filter(stall => endOf(stall) > time - 3600);
  return { lastHour: hour.length, going: hour.filter(stall => !stall.isOver).length, latest: stalls[0] ? time - Date.parse(stalls[0].startedAt) / 1000 : null };
}

/** One stall has begun, is explained, or is over. */
export function noteStall(stall) {
  const isSame = other => other.id === stall.id || (other.id.startsWith('pending-') && !stall.id.startsWith('pending-') && other.activities.some(name => stall.activities.includes(name)));
  stalls = [stall, ...stalls.filter(other => !isSame(other))].sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt)).slice(0, MaxStalls);
  say(stall);
  refreshReport(stall);
  draw();
}

// The one thing that is told to those who do not see the page: a new stall, and why.
function say(stall) {
  if (!said.has(stall.id)) {
    said.add(stall.id);
    put(by('said'), `Stall: ${stall.headline}`);
  }
}

const ReportWithin = 30; // seconds after the end of a stall; then none will come
const isUnexplained = stall => stall.cause === null && stall.isOver && time - endOf(stall) > ReportWithin;
const headlineOf = stall => isUnexplained(stall) ? `${stall.activities.map(name => `'${name}'`).join(', ')} stood still for ${duration(stall.seconds)}; there is no report of it` : stall.headline;
const startOf = stall => Date.parse(stall.startedAt) / 1000;
const endOf = stall => stall.isOver ? startOf(stall) + stall.seconds : Math.max(time, startOf(stall) + stall.seconds);

function draw() {
  const from = time - range();
  const shown = stalls.filter(stall => endOf(stall) > from);
  const lanes = [];
  marks.update(shown.toReversed().map(stall => {
    const lane = Math.max(0, lanes.findIndex(end => end <= startOf(stall)));
    const free = lanes.length === 0 || lanes[lane] > startOf(stall) ? Math.min(lanes.length, MaxLanes - 1) : lane;
    lanes[free] = endOf(stall);
    return { stall, lane: free };
  }), ({ stall }) => stall.id);
  latest.update(shown.slice(0, Newest), stall => stall.id);
  rest.update(earlier.open ? shown.slice(Newest) : [], stall => stall.id);
  show(by('calm'), shown.length === 0);
  show(earlier, shown.length > Newest);
  put(by('earlier-sum'), shown.length === Newest + 1 ? 'One earlier stall' : `${count(shown.length - Newest)} earlier stalls`);
  const what = range() === 600 ? 'the last 10 minutes' : 'the last hour';
  put(by('stalls-sum'), shown.length === 0 ? `none in ${what}` : `${count(shown.length)} in ${what}`);
}

function drawScale() {
  const seconds = range();
  by('scale').replaceChildren(...ticks[seconds].map(minutes => {
    const tick = el('span', null, minutes === 0 ? 'now' : `${minutes} min`);
    tick.style.left = `${100 - minutes * 6000 / seconds}%`;
    return tick;
  }));
}

function stallMark({ stall: first }) {
  let current = first;
  const node = el('span', { class: 'mark' });
  node.addEventListener('click', () => current.hasReport && openReport(current));
  return {
    node,
    update({ stall, lane }) {
      current = stall;
      const [seconds, from] = [range(), time - range()];
      const start = Math.max(0, 100 * (startOf(stall) - from) / seconds);
      const end = Math.min(100, 100 * (endOf(stall) - from) / seconds);
      const width = Math.max(LeastWidth, end - start);
      node.style.left = `${Math.min(start, 100 - width).toFixed(3)}%`;
      node.style.width = `${width.toFixed(3)}%`;
      mark(node, 'lane', lane);
      mark(node, 'group', stall.cause === null ? 'unknown' : groupOf(stall.cause));
      mark(node, 'going', !stall.isOver);
      const headline = headlineOf(stall);
      if (node.title !== headline) {
        node.title = headline;
      }
    },
  };
}

function stallRow(first) {
  let current = first;
  const [when, long, cause, headline] = [el('span', { class: 'when' }), el('span', { class: 'long' }), el('span', { class: 'pill' }), el('span', { class: 'headline' })];
  const button = el('button', { type: 'button', class: 'stall' }, when, long, cause, headline);
  button.addEventListener('click', () => openReport(current));
  return {
    node: el('li', null, button),
    update(stall) {
      current = stall;
      const ago = time - startOf(stall);
      put(when, ago < 60 ? `${span(ago)} ago` : timeOfDay(Date.parse(stall.startedAt)));
      put(long, `${duration(stall.seconds)}${stall.isOver ? '' : ' so far'}`);
      put(cause, isUnexplained(stall) ? 'no report' : stall.cause === null ? 'looked into' : nameOf(stall.cause));
      cause.className = `pill ${stall.cause === null ? 'unknown' : groupOf(stall.cause)}`;
      put(headline, headlineOf(stall));
      button.disabled = !stall.hasReport;
    },
  };
}
