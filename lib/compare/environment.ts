import os from 'node:os';
import { cgroup } from '../doctor/facts/cgroup.js';
import { hugePages } from '../doctor/facts/machine.js';
import { FactSource } from '../doctor/facts/source.js';
import { addon } from '../native/load.js';
import type { Environment } from './document/index.js';

/** What the figures depend on. @param before the load average when the comparison began */
export function environmentOf(before: number): Environment {
  const machine = new FactSource();
  const libc = addon.libc();
  return {
    allomorph: addon.version,
    node: process.versions.node,
    platform: process.platform,
    kernel: os.release(),
    arch: process.arch,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    libc: `${libc.name} ${libc.version}`.trim(),
    transparentHugePages: hugePages(machine),
    memoryLimitBytes: cgroup(machine, '/proc/self')?.limit ?? null,
    loadAverage: { before, after: loadAverage() },
  };
}

/** Processes that ran or waited, on average over the last minute. */
export function loadAverage(): number {
  return os.loadavg()[0] ?? 0;
}
