// Pipelines: where frames wait, and where they take long.

import { Rows, el, mark, put, show } from './dom.js';
import { None, count, duration } from './format.js';

const by = id => document.getElementById(id);
let rows = null;

/** Another process: what was seen of the one before is not of this one. */
export function forgetPipelines() {
  by('stages').replaceChildren();
  rows = new Rows(by('stages'), stageRow);
}

/** Shows the stages of the pipelines of a state. */
export function updatePipelines(pipelines) {
  const stages = pipelines.flatMap(pipeline => pipeline.stages.map((stage, i) => ({ pipeline, stage, isFirst: i === 0 })));
  rows.update(stages, ({ pipeline, stage }) => `${pipeline.name}\n${stage.name}`);
  show(by('stages-box'), stages.length > 0);
}

function stageRow() {
  const [pipeline, stage] = [el('td'), el('th', { scope: 'row' })];
  const [wait50, wait99, work50, work99, hanging, buffers] = Array.from({ length: 6 }, () => el('td', { class: 'number' }));
  const put50and99 = (summary, p50, p99) => {
    put(p50, summary?.count > 0 ? duration(summary.p50) : None);
    put(p99, summary?.count > 0 ? duration(summary.p99) : None);
  };
  return {
    node: el('tr', null, stage, pipeline, wait50, wait99, work50, work99, hanging, buffers),
    update(item) {
      put(stage, item.stage.name);
      put(pipeline, item.pipeline.name);
      put50and99(item.stage.wait, wait50, wait99);
      put50and99(item.stage.work, work50, work99);
      put(hanging, count(item.stage.hanging));
      mark(hanging, 'grows', item.stage.hanging > 0);
      put(buffers, item.isFirst ? count(item.pipeline.heldBuffers) : '');
    },
  };
}
