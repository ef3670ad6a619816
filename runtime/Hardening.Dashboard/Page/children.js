// Child processes: what is kept running, and all that descends from the supervisor.

import { Rows, el, mark, put, show } from './dom.js';
import { None, bytes, count, many, share, span, words } from './format.js';

const IdleAfter = 3; // seconds: the server looks at children every two

const by = id => document.getElementById(id);
let [children, kept, time] = [null, null, 0];

/** Another process: what was seen of the one before is not of this one. */
export function forgetChildren() {
  by('children').replaceChildren();
  by('kept').replaceChildren();
  children = new Rows(by('children'), childRow);
  kept = new Rows(by('kept'), keptRow);
}

/** Shows the children of a state; returns their sums. */
export function updateChildren(state, now) {
  time = now;
  const all = state.children;
  children.update(all, child => `${child.processId} ${child.startedAt}`);
  kept.update(state.kept, process => process.name);
  show(by('children-box'), all.length > 0);
  show(by('kept-box'), state.kept.length > 0);
  show(by('no-children'), all.length === 0 && state.kept.length === 0);
  const memory = all.reduce((sum, child) => sum + (child.rssBytes ?? 0), 0);
  put(by('children-sum'), state.supervisor === null ? (all.length > 0 ? many(all.length, 'process', 'processes') : '') : [
    many(all.length, 'process', 'processes'),
    state.supervisor.processId ? `owned by supervisor ${state.supervisor.processId}` : '',
    state.supervisor.containment ? `kept together by ${words(state.supervisor.containment)}` : '',
    state.supervisor.endedOrphans > 0 ? `${many(state.supervisor.endedOrphans, 'orphan')} ended` : '',
    state.supervisor.leftProcesses > 0 ? `${count(state.supervisor.leftProcesses)} left behind` : '',
  ].filter(Boolean).join(' · '));
  mark(by('children-sum'), 'grows', (state.supervisor?.leftProcesses ?? 0) > 0);
  return { count: all.length, memory, broken: state.kept.filter(process => process.state === 'givenUp' || process.state === 'backingOff').length };
}

function childRow() {
  const cells = ['processId', 'name', 'state', 'age', 'processor', 'memory', 'threads'];
  const [processId, name, state, age, processor, memory, threads] = cells.map((cell, i) => el(i === 1 ? 'th' : 'td', { scope: i === 1 ? 'row' : null, class: i === 0 || i > 2 ? 'number' : null, 'data-cell': cell }));
  const path = el('span', { class: 'path hint' });
  const label = el('span');
  name.append(label, path);
  let before = null;
  return {
    node: el('tr', null, name, processId, state, age, processor, memory, threads),
    update(child) {
      const used = child.userSeconds + child.systemSeconds;
      put(processId, String(child.processId));
      put(label, child.name);
      put(path, child.path && child.path !== child.name ? child.path : '');
      put(state, child.isSupervised === false ? `${child.state}, not owned` : child.state);
      mark(state, 'grows', child.isSupervised === false || child.state === 'zombie' || child.state === 'stopped');
      put(age, span(time - Date.parse(child.startedAt) / 1000));
      if (!before) {
        put(processor, None);
        before = { time, used };
      } else if (used !== before.used ? time > before.time : time - before.time > IdleAfter) {
        put(processor, share(Math.max(0, used - before.used) / (time - before.time)));
        before = { time, used };
      }
      put(memory, bytes(child.rssBytes));
      put(threads, count(child.threads));
    },
  };
}

function keptRow() {
  const [name, state, processId, restarts, lastExit] = [el('th', { scope: 'row' }), el('td'), el('td', { class: 'number' }), el('td', { class: 'number' }), el('td')];
  return {
    node: el('tr', null, name, processId, state, restarts, lastExit),
    update(process) {
      put(name, process.name);
      put(state, words(process.state));
      mark(state, 'grows', process.state === 'givenUp' || process.state === 'backingOff');
      put(processId, process.processId ? String(process.processId) : None);
      put(restarts, count(process.restarts));
      put(lastExit, process.lastExit ?? None);
    },
  };
}
