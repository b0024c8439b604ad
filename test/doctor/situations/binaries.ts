import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { library, ownMalloc, temporaryFolder } from '../support/compile.js';
import { diagnoseMachine } from '../support/machine.js';
import { diagnoseRunning } from '../support/running.js';
import { jemallocLibrary } from '../support/jemalloc.js';
import type { Situation } from './situation.js';

/** A project with one addon. */
function project(name: string, source?: string, flags?: string[]): { folder: string; file: string } {
  const folder = temporaryFolder();
  const release = path.join(folder, 'node_modules', 'some-package', 'build', 'Release');
  mkdirSync(release, { recursive: true });
  return { folder, file: library(path.join(release, name), source, flags) };
}

const load = (file: string, flags: string) =>
  `try { process.dlopen({ exports: {} }, ${JSON.stringify(file)}, ${flags}) } catch {}`;

export const binarySituations = {
  'embedded-allocator': {
    severity: 'info',
    evidence: /rust\.node defines _rjem_mallctl$/,
    look: () => {
      const source = 'int _rjem_mallctl(void) { return 0; }';
      const { folder } = project('rust.node', source, ['-fvisibility=hidden']);
      return diagnoseRunning({ cwd: folder });
    },
  },
  'second-malloc': {
    severity: 'warning',
    evidence: /some\.node defines malloc and is linked with -Bsymbolic; the process uses that of /,
    look: () => {
      const { folder } = project('some.node', ownMalloc, ['-Wl,-Bsymbolic']);
      return diagnoseRunning({ cwd: folder });
    },
  },
  'deepbind-library': {
    severity: 'info',
    evidence: /libquery_engine-debian-openssl-3\.0\.x\.so\.node: loaded so by Prisma/,
    look: () => {
      const { folder } = project('libquery_engine-debian-openssl-3.0.x.so.node');
      return diagnoseRunning({ cwd: folder });
    },
  },
  'allocator-bypassed': {
    severity: 'warning',
    evidence: /malloc of .*some\.node goes to .*libc\.so\.6, that of the process is /,
    look: () => {
      const { file } = project('some.node');
      const malloc = jemallocLibrary();
      return diagnoseRunning({
        env: { LD_PRELOAD: malloc },
        source: load(file, 'os.constants.dlopen.RTLD_NOW | os.constants.dlopen.RTLD_DEEPBIND'),
      });
    },
    skip:
      process.config.variables.napi_build_version === undefined &&
      'a build without jemalloc has no malloc that Node could run on',
  },
  'addon-scan-capped': {
    severity: 'info',
    evidence: /^stopped after 400 addons below /,
    look: () => {
      const folder = temporaryFolder();
      for (let index = 0; index <= 400; index++) {
        writeFileSync(path.join(folder, `${index}.node`), '');
      }
      return diagnoseRunning({ cwd: folder });
    },
  },
} satisfies Record<string, Situation>;

/** For tests of severity: the same library in a process with another malloc. */
export function deepbindUnderPreload() {
  const folder = temporaryFolder();
  const addon = library(path.join(folder, 'libquery_engine-x.so.node'));
  return diagnoseMachine({
    libraries: [
      { path: '/opt/libmalloc.so', from: library(path.join(folder, 'libmalloc.so'), ownMalloc) },
      { path: '/app/libquery_engine-x.so.node', from: addon },
    ],
    environment: { LD_PRELOAD: '/opt/libmalloc.so' },
  });
}
