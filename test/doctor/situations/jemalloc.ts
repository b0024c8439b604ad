import path from 'node:path';
import { compile, temporaryFolder, waitingProgram } from '../support/compile.js';
import { jemallocLibrary } from '../support/jemalloc.js';
import { diagnoseMachine } from '../support/machine.js';
import { diagnoseRunning } from '../support/running.js';
import type { Situation } from './situation.js';

// Small, so that a pretended jemalloc (in a build without the real one) can serve it as well.
const program = () => compile(path.join(temporaryFolder(), 'program'), waitingProgram, []);

const configured = (conf: string) =>
  diagnoseRunning({
    command: [program()],
    env: { LD_PRELOAD: jemallocLibrary(), MALLOC_CONF: conf },
  });

export const jemallocSituations = {
  'jemalloc-no-background-thread': {
    severity: 'warning',
    evidence: /^background_thread is false$/,
    look: () => configured('background_thread:false'),
  },
  'jemalloc-zero-decay': {
    severity: 'warning',
    evidence: /^dirty_decay_ms is 0$/,
    look: () => configured('background_thread:true,dirty_decay_ms:0'),
  },
  'jemalloc-never-purges': {
    severity: 'warning',
    evidence: /^dirty_decay_ms is -1$/,
    look: () => configured('background_thread:true,dirty_decay_ms:-1'),
  },
  'jemalloc-huge-pages': {
    severity: 'warning',
    evidence: /enabled is always, thp is not set$/,
    look: () =>
      diagnoseMachine({
        libraries: [{ path: '/opt/libjemalloc.so.2', from: jemallocLibrary() }],
        environment: { LD_PRELOAD: '/opt/libjemalloc.so.2', MALLOC_CONF: 'background_thread:true' },
        files: { '/sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never\n' },
      }),
  },
  'conf-invalid': {
    severity: 'warning',
    evidence: /^jemalloc has no option "backgroud_thread"$/,
    look: () => configured('backgroud_thread:true'),
  },
  'variable-unread': {
    severity: 'warning',
    evidence: /^_RJEM_MALLOC_CONF=background_thread:true; malloc is /,
    look: () =>
      diagnoseRunning({
        env: { LD_PRELOAD: jemallocLibrary(), _RJEM_MALLOC_CONF: 'background_thread:true' },
        command: [program()],
      }),
  },
  'arena-max-set': {
    severity: 'info',
    evidence: /is 2$/,
    look: () => diagnoseRunning({ env: { MALLOC_ARENA_MAX: '2' } }),
  },
} satisfies Record<string, Situation>;
