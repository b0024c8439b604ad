import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  compile,
  library,
  ownMalloc,
  temporaryFolder,
  waitingProgram,
} from '../support/compile.js';
import { diagnoseRunning } from '../support/running.js';
import type { Situation } from './situation.js';

/** A project with one addon. */
function project(
  name: string,
  source?: string,
  flags?: string[],
): { folder: string; file: string } {
  const folder = temporaryFolder();
  const release = path.join(folder, 'node_modules', 'some-package', 'build', 'Release');
  mkdirSync(release, { recursive: true });
  return { folder, file: library(path.join(release, name), source, flags) };
}

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
    // A project with Prisma has two copies of it; they are one finding.
    evidence:
      /libquery_engine-debian-openssl-3\.0\.x\.so\.node: loaded so by Prisma.*; .*copy\/libquery_engine-.*: loaded so by Prisma/,
    look: () => {
      const { folder, file } = project('libquery_engine-debian-openssl-3.0.x.so.node');
      const copies = path.join(path.dirname(file), 'copy');
      mkdirSync(copies);
      copyFileSync(file, path.join(copies, path.basename(file)));
      return diagnoseRunning({ cwd: folder });
    },
  },
  'allocator-bypassed': {
    severity: 'warning',
    evidence: /malloc of .*some\.node goes to .*libc\.so\.6, that of the process is /,
    look: () => {
      const { folder, file } = project('some.node');
      const program = compile(path.join(folder, 'program'), waitingProgram, []);
      return diagnoseRunning({
        env: { LD_PRELOAD: library(path.join(folder, 'libmalloc.so'), ownMalloc) },
        command: [program, file],
      });
    },
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
