import { chmodSync, chownSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  compile,
  library,
  ownMalloc,
  temporaryFolder,
  waitingProgram,
} from '../support/compile.js';
import { diagnoseMachine } from '../support/machine.js';
import { diagnoseRunning } from '../support/running.js';
import type { Situation } from './situation.js';

const program = (flags: string[] = []) =>
  compile(path.join(temporaryFolder(), 'program'), waitingProgram, flags);

/** A library of which some bytes are others. */
function patched(from: string, change: (bytes: Buffer) => void): string {
  const file = path.join(temporaryFolder(), 'libpatched.so');
  const bytes = readFileSync(from);
  change(bytes);
  writeFileSync(file, bytes);
  return file;
}

function small(source?: string, flags?: string[]): string {
  return library(path.join(temporaryFolder(), 'libsmall.so'), source, flags);
}

const withLibrary = (file: string) => diagnoseRunning({ env: { LD_PRELOAD: file } });

function muslProgram(preloaded: string) {
  return diagnoseMachine({
    link: ['-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1'],
    libraries: [{ path: '/opt/libx.so', from: preloaded, mapped: false }],
    environment: { LD_PRELOAD: '/opt/libx.so' },
  });
}

/** The first glibc version that it names becomes one of the same length that will never be. */
function needsFuture(bytes: Buffer): void {
  const match = /\0GLIBC_2\.([\d.]+)\0/.exec(bytes.toString('latin1'))!;
  bytes.write('9'.repeat(match[1]!.length), match.index + '\0GLIBC_2.'.length);
}

const libcFile = /\S*\/libc\.so\.6$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0] ?? '';

export const preloadSituations = {
  'preload-missing': {
    severity: 'error',
    evidence: /^LD_PRELOAD has \/no\/such\/lib\.so: .* does not exist$/,
    look: () => withLibrary('/no/such/lib.so'),
  },
  'preload-not-a-library': {
    severity: 'error',
    evidence: /script\.so is no shared library/,
    look: () => {
      const script = path.join(temporaryFolder(), 'script.so');
      writeFileSync(script, 'INPUT(-ljemalloc)');
      return withLibrary(script);
    },
  },
  'preload-wrong-architecture': {
    severity: 'error',
    evidence: /libpatched\.so is for s390x \(64 bits\), the program for (?:x64|arm64)/,
    look: () => withLibrary(patched(small(), (bytes) => bytes.writeUInt16LE(22, 18))),
  },
  // The dynamic linker ends a program with one of the next two before it could be looked at.
  'preload-wrong-libc': {
    severity: 'error',
    evidence: /libx\.so was built for glibc, the program runs on musl/,
    look: () => muslProgram(small()),
  },
  'preload-newer-glibc': {
    severity: 'error',
    evidence: /needs glibc 2\.99+, the program has 2\.\d+/,
    look: () =>
      diagnoseMachine({
        libraries: [
          { path: '/lib/libc.so.6', from: libcFile },
          {
            path: '/opt/libx.so',
            from: patched(small(), needsFuture),
            mapped: false,
          },
        ],
        environment: { LD_PRELOAD: '/opt/libx.so' },
      }),
  },
  'preload-secure': {
    severity: 'error',
    evidence: /raised privileges \(AT_SECURE\)/,
    look: () => {
      if (process.getuid?.() !== 0) {
        return diagnoseMachine({
          secure: true,
          libraries: [{ path: '/opt/libx.so', from: small(), mapped: false }],
          environment: { LD_PRELOAD: '/opt/libx.so' },
        });
      }
      // Of another user and set-user-ID: the dynamic linker sees raised privileges even for root.
      const file = program();
      chownSync(file, 65534, 65534);
      chmodSync(file, 0o4755);
      return diagnoseRunning({ command: [file], env: { LD_PRELOAD: small() } });
    },
  },
  'preload-static': {
    severity: 'error',
    evidence: /program has no dynamic loader/,
    look: () =>
      diagnoseRunning({
        command: [program(['-static', '-DSTATIC'])],
        env: { LD_PRELOAD: small() },
      }),
  },
  'preload-not-mapped': {
    severity: 'error',
    evidence: /late\.so is not among the files it has mapped/,
    look: () => {
      // It comes into being after the start.
      const folder = temporaryFolder();
      const late = path.join(folder, 'late.so');
      const source = `require('fs').copyFileSync(${JSON.stringify(small())}, ${JSON.stringify(late)})`;
      return diagnoseRunning({ env: { LD_PRELOAD: late }, source });
    },
  },
  'preload-shadowed': {
    severity: 'warning',
    evidence: /LD_PRELOAD has .*libsecond\.so; malloc is that of .*libfirst\.so/,
    look: () => {
      const folder = temporaryFolder();
      const [first, second] = ['libfirst.so', 'libsecond.so'].map((name) =>
        path.join(folder, name),
      );
      // Two of a kind: a program that mixed them up would not live long enough.
      const malloc = small(ownMalloc);
      for (const file of [first!, second!]) copyFileSync(malloc, file);
      return diagnoseRunning({
        command: [program()],
        env: { LD_PRELOAD: `${first!}:${second!}` },
      });
    },
  },
  'preload-system-wide': {
    severity: 'warning',
    evidence: /^\/etc\/ld\.so\.preload has \/opt\/libmalloc\.so$/,
    look: () =>
      diagnoseMachine({
        libraries: [{ path: '/opt/libmalloc.so', from: small(ownMalloc) }],
        files: { '/etc/ld.so.preload': '# for all\n/opt/libmalloc.so\n' },
      }),
  },
  'preload-reaches-children': {
    severity: 'info',
    evidence: /was not started by allomorph run/,
    look: () => diagnoseRunning({ command: [program()], env: { LD_PRELOAD: small(ownMalloc) } }),
  },
} satisfies Record<string, Situation>;
