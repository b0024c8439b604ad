import path from 'node:path';
import type { Diagnosis } from 'allomorph/doctor/diagnose';
import { findingsOf } from 'allomorph/doctor/findings/index';
import { run } from '../../support/child.js';
import { library, ownMalloc, temporaryFolder } from '../support/compile.js';
import { copyPackage } from '../support/copy.js';
import { diagnoseMachine } from '../support/machine.js';
import { diagnoseDenied, diagnoseRunning } from '../support/running.js';
import type { Situation } from './situation.js';

const limited = (usage: string, more: Record<string, string> = {}) =>
  diagnoseMachine({
    cgroup: '0::/service/inner\n',
    files: {
      '/sys/fs/cgroup/service/inner/memory.current': usage,
      '/sys/fs/cgroup/service/inner/memory.max': 'max\n',
      '/sys/fs/cgroup/service/memory.current': usage,
      '/sys/fs/cgroup/service/memory.max': `${512 * 2 ** 20}\n`,
      ...more,
    },
  });

export const machineSituations = {
  'memory-near-limit': {
    severity: 'warning',
    evidence: /^500 MiB of 512 MiB in \/sys\/fs\/cgroup\/service, of which this process 1 MiB$/,
    look: () => limited(`${500 * 2 ** 20}\n`),
  },
  'oom-killed': {
    severity: 'warning',
    evidence: /^oom_kill is 3 in /,
    look: () =>
      limited('4096\n', {
        '/sys/fs/cgroup/service/memory.events': 'low 0\noom 5\noom_kill 3\noom_group_kill 0\n',
      }),
  },
  'memory-swapped': {
    severity: 'warning',
    evidence: /^200 MiB in swap, 1 GiB resident$/,
    look: () =>
      diagnoseMachine({ status: { VmRSS: `${2 ** 20} kB`, VmSwap: `${200 * 2 ** 10} kB` } }),
  },
  musl: {
    severity: 'info',
    evidence: /^libc is musl/,
    look: () => {
      // On musl the dynamic loader is the C library: anything under its name that has a malloc.
      const file = path.join(temporaryFolder(), 'ld-musl.so');
      library(file, ownMalloc, ['-Wl,-soname,libc.musl-x86_64.so.1']);
      const loader = '/lib/ld-musl-x86_64.so.1';
      return diagnoseMachine({
        link: [`-Wl,--dynamic-linker=${loader}`, '-Wl,--no-as-needed', file],
        libraries: [{ path: loader, from: file }],
      });
    },
  },
  'page-size': {
    severity: 'error',
    evidence: /^pages of 128 KiB; .*liballomorph-jemalloc\.so is built for (?:4|64) KiB$/,
    look: () => diagnoseMachine({ pageSize: 128 * 1024 }),
  },
  'platform-without-preload': {
    severity: 'info',
    evidence: /^platform is darwin$/,
    look: () => {
      const { schema, facts } = diagnoseMachine({});
      const elsewhere = { ...facts, machine: { ...facts.machine, platform: 'darwin' as const } };
      return { schema, facts: elsewhere, findings: findingsOf(elsewhere) };
    },
  },
  'process-manager': {
    severity: 'info',
    evidence: /^pm_id=0$/,
    look: () => diagnoseRunning({ env: { pm_id: '0', PM2_HOME: '/root/.pm2' } }),
  },
  'limited-view': {
    severity: 'info',
    evidence: /^no permission: \/proc\/\d+\//,
    look: () => diagnoseDenied(),
  },
  'addon-unavailable': {
    severity: 'error',
    evidence: /There is no compiled addon for /,
    look: () => {
      // The package as it is on a platform without binaries.
      const cli = copyPackage(temporaryFolder());
      return JSON.parse(run(process.execPath, [cli, 'doctor', '--json']).stdout) as Diagnosis;
    },
  },
} satisfies Record<string, Situation>;
