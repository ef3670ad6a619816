// The report of a stall, in a dialog: what stood still, why, the locks with their owners, and what threads were doing.

import { el, put } from './dom.js';
import { count, dayAndTime, duration, fileName, many, share } from './format.js';
import { groupOf, nameOf } from './causes.js';

const FetchLimit = 10_000;
const MaxGroups = 40;
const MaxFrames = 60;
const MaxNumbers = 40;

const dialog = document.getElementById('report');
const [kind, title, when, body] = ['kind', 'title', 'when', 'body'].map(name => document.getElementById(`report-${name}`));
let api = null;
let shown = null;
let reading = '';

export function prepareReports(apiUrl) {
  api = apiUrl;
  document.getElementById('report-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    [shown, reading] = [null, ''];
    body.replaceChildren();
  });
  dialog.addEventListener('click', event => {
    if (event.target === dialog) { // beside it
      dialog.close();
    }
  });
}

/** Opens the report of a stall as the server lists it. */
export async function openReport(stall) {
  shown = stall.id;
  head(stall.cause, stall.headline, Date.parse(stall.startedAt), stall.seconds, stall.isOver);
  body.replaceChildren(el('p', { class: 'empty' }, 'Reading the report …'));
  if (!dialog.open) {
    dialog.showModal();
  }
  dialog.scrollTop = 0;
  title.focus({ preventScroll: true });
  await read(stall);
}

/** A stall is seen otherwise now, or is over: its report, if it is open, is read again. */
export async function refreshReport(stall) {
  if (dialog.open && shown === stall.id && stall.hasReport && reading !== versionOf(stall)) {
    await read(stall);
  }
}

const versionOf = ({ id, cause, isOver }) => `${id} ${cause} ${isOver}`;

async function read(stall) {
  reading = versionOf(stall);
  const url = new URL(`stalls/${encodeURIComponent(stall.id)}`, api);
  try {
    const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(FetchLimit) });
    if (!answer.ok) {
      throw new Error(`${answer.status}: ${(await answer.text()).split('\n', 1)[0].slice(0, 300)}`);
    }
    const { report } = await answer.json();
    if (shown === stall.id) {
      head(report.verdict.cause, report.headline, Date.parse(report.startedAt), report.duration, report.hasEnded);
      body.replaceChildren(...sections(report, url));
    }
  } catch (error) {
    if (shown === stall.id) {
      const reason = error instanceof TypeError || error.name === 'TimeoutError' ? 'The server does not answer.' : error.message;
      body.replaceChildren(el('p', { class: 'empty' }, `The report could not be read. ${reason}`));
    }
  }
}

function head(cause, headline, startedAt, seconds, isOver) {
  kind.replaceChildren(el('span', { class: `pill ${groupOf(cause)}` }, nameOf(cause)));
  put(title, headline);
  put(when, `${dayAndTime(startedAt)}, for ${duration(seconds)}${isOver ? '' : ' so far'}`);
}

function sections(report, url) {
  return [
    section('Why', shares(report.verdict), list('ul', 'evidence', report.verdict.evidence.map(line => el('li', null, line))), others(report.verdict)),
    report.culprit && section('Where', place(report.culprit)),
    section('What stood still', list('ul', 'plain', report.activities.map(activity))),
    report.locks.length > 0 && section('Locks', ...report.locks.map(lock)),
    report.stacks.length > 0 && section('Stacks', ...report.stacks.slice(0, MaxGroups).map((group, i) => stack(group, i === 0)), more(report.stacks.length - MaxGroups, 'further stack')),
    report.threads.length > 0 && section('Threads', threads(report.threads)),
    report.advice.length > 0 && section('What to do', list('ul', 'plain', report.advice.map(advice))),
    report.missing.length > 0 && section('What this report lacks', list('ul', 'plain', report.missing.map(line => el('li', null, line)))),
    el('p', { class: 'hint' }, subject(report.subject)),
    el('p', { class: 'links' }, link(url, '.json', 'JSON'), ' ', link(`${url}.md`, '.md', 'Markdown')),
  ].filter(Boolean);

  function link(address, suffix, text) {
    return el('a', { href: address, download: `${report.id}.hardening${suffix}` }, `Save as ${text}`);
  }
}

const section = (name, ...content) => el('section', null, el('h3', null, name), ...content);
const list = (tag, name, items) => items.length > 0 ? el(tag, { class: name }, ...items) : null;
const more = (rest, what) => rest > 0 ? el('p', { class: 'hint' }, `and ${many(rest, what)}`) : null;

function shares({ confidence, shares: parts }) {
  const names = { running: 'ran', waitingForProcessor: 'waited for a processor', blocked: 'was blocked', suspended: 'was stopped for a collection', stopped: 'the process was stopped' };
  const seen = Object.keys(names).filter(name => parts[name] >= 0.005);
  const bar = el('div', { class: 'shares', 'aria-hidden': 'true' }, ...seen.map(name => {
    const part = el('span', { class: `share ${name}` });
    part.style.flexGrow = parts[name];
    return part;
  }));
  return el('div', null,
    el('p', null, `${share(confidence)} sure.`, seen.length > 0 ? ' Of its time the stalled thread:' : ''),
    seen.length > 0 ? bar : null,
    list('ul', 'legend', seen.map(name => el('li', null, el('span', { class: `swatch ${name}`, 'aria-hidden': 'true' }), `${names[name]} ${share(parts[name])}`))));
}

function others({ contributions }) {
  return contributions.length > 0 ? el('p', null, `Also: ${contributions.map(one => `${nameOf(one.cause)} ${share(one.share)}`).join(', ')}.`) : null;
}

function activity({ name, label, silence, hasEnded, stallAfter, threadId }) {
  return el('li', null, el('strong', null, name), label ? ` in ${label}` : '', `: ${hasEnded ? 'silent for' : 'has been silent for'} ${duration(silence)}, with a limit of ${duration(stallAfter)}${threadId ? `; thread ${threadId}` : ''}`);
}

function lock({ kind: sort, address, type, ownerThreadId, ownerName, ownerAt, waiters, waiterThreadIds, waitersAt }) {
  const owner = ownerThreadId ? (ownerName ? `'${ownerName}' (thread ${ownerThreadId})` : `Thread ${ownerThreadId}`) : 'Nobody that is known';
  return el('div', { class: 'lock' },
    el('h4', null, el('code', null, type ?? sort), ' ', el('span', { class: 'hint' }, type ? `${sort}, ${address}` : address)),
    el('dl', null,
      el('div', null, el('dt', null, 'Owner'), el('dd', null, owner, ownerAt ? place(ownerAt) : null)),
      el('div', null, el('dt', null, 'Waiters'), el('dd', null, many(waiters, 'thread'), waiterThreadIds.length > 0 ? el('span', { class: 'hint' }, `: ${numbers(waiterThreadIds)}`) : null, waitersAt ? place(waitersAt) : null))));
}

function stack({ threadIds, frames }, isOpen) {
  const top = frames.find(frame => frame.file) ?? frames[0];
  return el('details', { class: 'stack', open: isOpen },
    el('summary', null, el('strong', null, threadIds.length === 1 ? `Thread ${threadIds[0]}` : many(threadIds.length, 'thread')), top ? ` at ${source(top) ?? top.method}` : ''),
    threadIds.length > 1 ? el('p', { class: 'hint' }, numbers(threadIds)) : null,
    list('ol', 'frames', frames.slice(0, MaxFrames).map(frame => el('li', null, place(frame)))),
    more(frames.length - MaxFrames, 'frame'));
}

const source = ({ file, line }) => file ? `${fileName(file)}${line ? `:${line}` : ''}` : null;

function place(frame) {
  return el('div', { class: 'place' },
    el('code', { class: 'method' }, frame.method),
    frame.file ? el('code', { class: 'file' }, el('span', { class: 'folder' }, frame.file.slice(0, frame.file.length - fileName(frame.file).length)), el('b', null, source(frame))) : null);
}

function threads(all) {
  const head = ['Thread', 'Ran', 'No processor', 'User', 'System'];
  return el('div', { class: 'scroll', role: 'region', 'aria-label': 'Threads', tabindex: '0' }, el('table', null,
    el('thead', null, el('tr', null, ...head.map((name, i) => el('th', { scope: 'col', class: i > 0 ? 'number' : null }, name)), el('th', { scope: 'col' }, 'Waits in'))),
    el('tbody', null, ...all.map(thread => el('tr', null,
      el('th', { scope: 'row' }, thread.name ? `${thread.name} ` : '', el('span', { class: 'hint' }, String(thread.threadId))),
      ...[thread.running, thread.waitingForProcessor, thread.user, thread.system].map(seconds => el('td', { class: 'number' }, duration(seconds))),
      el('td', null, el('code', null, thread.waitChannel)))))));
}

function advice({ text, rule, type }) {
  return el('li', null, text, rule ? [' ', el('code', { class: 'tag' }, rule)] : null, type ? [' ', el('code', { class: 'tag' }, type)] : null);
}

const numbers = ids => ids.slice(0, MaxNumbers).join(', ') + (ids.length > MaxNumbers ? ` and ${count(ids.length - MaxNumbers)} more` : '');

const subject = about => [`${about.name} ${about.version}`.trim(), `process ${about.processId} on ${about.host}`, many(about.processors, 'processor'), about.system, about.runtime].filter(Boolean).join(' · ');
