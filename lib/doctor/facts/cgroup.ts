import path from 'node:path';
import type { CgroupFacts } from './facts.js';
import type { FactSource } from './source.js';

/** How the two versions name the same things. */
const layouts = {
  1: {
    mount: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    inactiveFile: 'total_inactive_file',
    events: 'memory.oom_control',
  },
  2: {
    mount: '/sys/fs/cgroup',
    limit: 'memory.max',
    usage: 'memory.current',
    inactiveFile: 'inactive_file',
    events: 'memory.events',
  },
} as const;

/** "Unlimited" in version 1 is the largest multiple of a page below 2^63. */
const unlimited = 2 ** 62;

/**
 * The memory limit that applies to a process: the lowest on the way from its group to the root.
 * Null where memory is not controlled.
 */
export function cgroup(source: FactSource, proc: string): CgroupFacts | null {
  const membership = (source.text(`${proc}/cgroup`) ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 3)
    .map(([, controllers = '', ...rest]) => ({ controllers, group: rest.join(':') }));
  // On a hybrid machine version 2 is mounted as well, without the memory controller.
  const first = membership.find(({ controllers }) => controllers.split(',').includes('memory'));
  const second = membership.find(({ controllers }) => controllers === '');
  if (first !== undefined) return read(source, 1, first.group);
  return second === undefined ? null : read(source, 2, second.group);
}

function read(source: FactSource, version: 1 | 2, group: string): CgroupFacts | null {
  const layout = layouts[version];
  const levels = ancestors(group)
    .map((name) => path.posix.join(layout.mount, name))
    // Inside a container the path may be the host's; what is mounted then is the container's own.
    .filter((folder) => source.exists(path.posix.join(folder, layout.usage)));
  const [own] = levels;
  if (own === undefined) return null;
  const limits = levels.map((folder) => ({ folder, limit: number(source, folder, layout.limit) }));
  const tightest = limits.reduce((best, level) =>
    (level.limit ?? Infinity) < (best.limit ?? Infinity) ? level : best,
  );
  const { folder, limit } = tightest;
  const usage = number(source, folder, layout.usage);
  const cache = field(source, folder, 'memory.stat', layout.inactiveFile) ?? 0;
  return {
    version,
    path: folder,
    limit,
    usage,
    workingSet: usage === null ? null : Math.max(0, usage - cache),
    oomKills: field(source, folder, layout.events, 'oom_kill') ?? 0,
  };
}

/** `/a/b` → `/a/b`, `/a`, `/` */
function ancestors(group: string): string[] {
  const own = path.posix.join('/', group);
  return own === '/' ? ['/'] : [own, ...ancestors(path.posix.dirname(own))];
}

function number(source: FactSource, folder: string, file: string): number | null {
  const text = source.text(path.posix.join(folder, file))?.trim();
  const value = text === undefined || text === '' ? NaN : Number(text); // "max" is no number
  return Number.isNaN(value) || value > unlimited ? null : value;
}

function field(source: FactSource, folder: string, file: string, key: string): number | null {
  const text = source.text(path.posix.join(folder, file)) ?? '';
  const value = text.split('\n').find((line) => line.startsWith(`${key} `));
  return value === undefined ? null : Number(value.slice(key.length + 1));
}
