import type { Facts } from '../facts/facts.js';
import { bypassed, deepbind, embeddedAllocator, secondMalloc } from './binaries.js';
import type { Finding, Rule } from './finding.js';
import { hugePages, neverPurges, noBackgroundThread, zeroDecay } from './jemalloc.js';
import { musl, pageSize, platform } from './machine.js';
import { memoryNearLimit, memorySwapped, oomKilled } from './memory.js';
import { preload } from './preload.js';
import { preloadReachesChildren, preloadShadowed, preloadSystemWide } from './preload-order.js';
import { processManager } from './process-manager.js';
import { arenaMax, confInvalid, unread } from './variables.js';
import { addonUnavailable, limitedView, scanCapped } from './view.js';

const rules: readonly Rule[] = [
  addonUnavailable,
  platform,
  pageSize,
  preload,
  preloadShadowed,
  preloadSystemWide,
  preloadReachesChildren,
  noBackgroundThread,
  zeroDecay,
  neverPurges,
  hugePages,
  unread,
  confInvalid,
  arenaMax,
  bypassed,
  deepbind,
  secondMalloc,
  embeddedAllocator,
  memoryNearLimit,
  oomKilled,
  memorySwapped,
  musl,
  processManager,
  scanCapped,
  limitedView,
];

const order = { error: 0, warning: 1, info: 2 } as const;

/** What is wrong, worst first. */
export function findingsOf(facts: Facts): Finding[] {
  return rules
    .flatMap((rule) => rule(facts))
    .sort((left, right) => order[left.severity] - order[right.severity]);
}
