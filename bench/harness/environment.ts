import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jemalloc, processAllocator } from 'allomorph';
import koffi from 'koffi';
import { root } from './layout.js';

/** What the figures depend on, as far as it can be told. */
export interface Environment {
  readonly allomorph: string;
  readonly node: string;
  readonly v8: string;
  readonly koffi: string;
  /** Null when this build of allomorph has none. */
  readonly jemalloc: string | null;
  /** The malloc behind `system`. */
  readonly malloc: string;
  readonly platform: string;
  readonly arch: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
}

export function environment(): Environment {
  const malloc = processAllocator();
  return {
    allomorph: packageVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    koffi: koffi.version,
    jemalloc: jemalloc.available ? jemalloc.version : null,
    malloc: [malloc.name, malloc.version].filter((part) => part !== null).join(' '),
    platform: process.platform,
    arch: process.arch,
    kernel: os.release(),
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
  };
}

function packageVersion(): string {
  const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Processes that ran or waited, on average over the last minute. */
export function load(): number {
  return os.loadavg()[0] ?? 0;
}
