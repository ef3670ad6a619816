// Piscina, a pool of threads, for the benchmark `pool`. NODE_PATH says where it is installed.
//
//   pool_node.js ways                                what can be measured here, and what is missing
//   pool_node.js run SCENARIO WAY WORKERS SECONDS    one measurement
//
// Each prints one JSON object on a line. Every result is compared with what it must be.
'use strict';

const fs = require('fs');
const workers = require('worker_threads');

const payloadBytes = 100;
const frameBytes = 1228800;
const slots = 8;
const inFlight = 8;
const warmUp = 0.3; // of the measured time

// Every byte, as 32-bit words.
function read(bytes) {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let sum = 0;
  for (let at = 0; at < words.length; at++) {
    sum = (sum + words[at]) | 0;
  }
  return sum;
}

// What the workers do.
module.exports = ({ payload, frame, handOver }) => (payload !== undefined ? payload : handOver ? handOver.byteLength : read(frame));

const ways = [['echo', 'piscina'], ['turn', 'piscina'], ['frames', 'piscina'], ['frameturn', 'piscina'],
  ['frames', 'piscina, SharedArrayBuffer'], ['frameturn', 'piscina, SharedArrayBuffer'], ['handover', 'piscina, SharedArrayBuffer']];

function cpu() {
  const { user, system } = process.cpuUsage(); // all threads of it
  return user + system;
}

function makeInputs(scenario, way) {
  if (scenario === 'echo' || scenario === 'turn') {
    return Array.from({ length: 1000 }, (_, number) => {
      const payload = new Uint8Array(payloadBytes).fill(120);
      new DataView(payload.buffer).setUint32(0, number, true);
      return { job: { payload }, right: result => Buffer.compare(result, payload) === 0 };
    });
  }
  const slab = way.endsWith('SharedArrayBuffer') ? new SharedArrayBuffer(frameBytes * slots) : null;
  return Array.from({ length: slots }, (_, number) => {
    const frame = slab ? new Uint8Array(slab, number * frameBytes, frameBytes) : new Uint8Array(frameBytes);
    for (let at = 0; at < frameBytes; at++) {
      frame[at] = (number * 7 + at * 31) & 255;
    }
    if (scenario === 'handover') {
      return { job: { handOver: frame }, right: result => result === frameBytes };
    }
    const expected = read(frame);
    return { job: { frame }, right: result => result === expected };
  });
}

async function measure(scenario, way, threads, seconds) {
  const { Piscina } = require('piscina');
  const pool = new Piscina({ filename: __filename, minThreads: threads, maxThreads: threads });
  const inputs = makeInputs(scenario, way);
  const times = [];
  let wrong = null;
  let jobs = 0;

  async function caller(until, keep) {
    while (performance.now() < until) {
      const { job, right } = inputs[jobs++ % inputs.length];
      const begin = performance.now();
      const result = await pool.run(job);
      if (keep) {
        times.push(performance.now() - begin);
      }
      if (!right(result)) {
        wrong = 'a result is not what was sent';
      }
    }
  }

  const turn = scenario.endsWith('turn');
  const callers = (length, keep) => Promise.all(Array.from({ length: turn ? 1 : inFlight }, () => caller(performance.now() + length * 1000, keep)));
  await callers(Math.max(0.3, seconds * warmUp), false);
  jobs = 0;
  const beginCpu = cpu();
  const begin = performance.now();
  await callers(seconds, turn);
  const elapsed = (performance.now() - begin) / 1000;
  const used = cpu() - beginCpu;
  times.sort((one, other) => one - other);
  const percentile = part => times.length ? times[Math.min(times.length - 1, Math.floor(times.length * part))] * 1000 : null;
  fs.writeSync(1, JSON.stringify({ jobs, seconds: elapsed, p50: percentile(0.5), p99: percentile(0.99), cpu: used / jobs, wrong }) + '\n');
  await pool.destroy();
}

if (workers.isMainThread && require.main === module) {
  const [verb, scenario, way, threads, seconds] = process.argv.slice(2);
  if (verb === 'ways') {
    let missing = [];
    try {
      require('piscina');
    } catch {
      missing = ['piscina: not installed (npm install piscina in a directory outside of the repository, and name its node_modules with --node-modules)'];
    }
    console.log(JSON.stringify({ name: `Node ${process.versions.node.split('.')[0]}`, ways: missing.length ? [] : ways, missing }));
  } else {
    measure(scenario, way, Number(threads), Number(seconds));
  }
}
