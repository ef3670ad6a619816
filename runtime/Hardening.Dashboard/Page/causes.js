// Causes of stalls: five groups with a colour each, and each cause in words.

const groups = {
  locks: ['lockContention', 'nativeLockContention', 'deadlock'],
  memory: ['garbageCollection', 'garbageCollectionSuspension', 'memoryStorm'],
  processor: ['foreignLoad', 'oversubscription', 'throttling', 'spinStorm', 'kernelStorm', 'busyActivity', 'processStopped', 'childStorm'],
  waiting: ['threadPoolStarvation', 'blockedIO', 'blockedSystemCall', 'blockedActivity'],
};

const names = {
  unknown: 'cause not known',
  lockContention: 'lock',
  nativeLockContention: 'native lock',
  deadlock: 'deadlock',
  spinStorm: 'threads that spin',
  memoryStorm: 'memory in the kernel',
  kernelStorm: 'system calls',
  garbageCollection: 'garbage collection',
  garbageCollectionSuspension: 'stopping for a collection',
  threadPoolStarvation: 'thread pool starved',
  foreignLoad: 'other processes',
  throttling: 'throttled',
  oversubscription: 'too many threads',
  blockedIO: 'waits for a device',
  blockedSystemCall: 'waits in a system call',
  processStopped: 'process stopped',
  childStorm: 'own children',
  busyActivity: 'at work too long',
  blockedActivity: 'waits by its own code',
};

// A server may name a cause in another case than its reports do.
const known = new Map(Object.keys(names).map(name => [name.toLowerCase(), name]));
const canonical = cause => known.get(String(cause ?? '').replace(/_/g, '').toLowerCase()) ?? String(cause ?? 'unknown');

export const groupOf = cause => Object.keys(groups).find(group => groups[group].includes(canonical(cause))) ?? 'unknown';
export const nameOf = cause => names[canonical(cause)] ?? canonical(cause);
