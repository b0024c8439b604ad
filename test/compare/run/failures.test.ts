/** Programs that do not do what a program should. */
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { binariesFolder } from '../../support/binaries.js';
import { compile, ownMalloc } from '../../doctor/support/compile.js';
import {
  compare,
  compareNode,
  onOther,
  processesWith,
  refused,
  twoCandidates,
  withFolder,
} from '../support/comparing.js';

const present = 'glibc (now)';
/** Long enough to be looked at. */
const works = 'setTimeout(() => {}, 300)';

test('one that fails on one candidate is reported with its last output, and the rest go on', () => {
  const source = `if (${onOther}) { console.log('out'); console.error('no arenas left'); process.exitCode = 3 } else ${works}`;
  const { status, stderr, candidate } = compareNode(source, '--runs', '2');
  expect(candidate(present)).toMatchObject({ failure: null, verified: true });
  expect(candidate(present).runs.map(({ round }) => round)).toEqual([1, 2]);
  expect(candidate('other')).toMatchObject({
    runs: [],
    verified: false,
    failure: {
      kind: 'exit',
      round: 1,
      exitCode: 3,
      signal: null,
      lastOutput: 'out\nno arenas left',
    },
  });
  expect(stderr).toContain('no arenas left');
  expect(stderr).toMatch(/other.*status 3/);
  expect(status).toBe(0); // what works is the answer
});

test('one that a signal ends on one candidate', () => {
  const { candidate } = compareNode(
    `if (${onOther}) process.kill(process.pid, 'SIGSEGV'); ${works}`,
  );
  expect(candidate('other').failure).toMatchObject({
    kind: 'signal',
    signal: 'SIGSEGV',
    exitCode: null,
  });
  expect(candidate(present).runs).toHaveLength(1);
});

test('one that fails everywhere has no answer, and status 1', () => {
  const { status, result, candidate } = compareNode(`setTimeout(() => process.exit(7), 200)`);
  expect(status).toBe(1);
  expect(result.verdict).toMatchObject({ recommendation: null, confidence: null, line: null });
  expect(candidate(present).failure?.reason).toBe('it ended with status 7');
});

test('--ignore-failure takes a status other than 0 for an end like any other', () => {
  const { candidate } = compareNode(`setTimeout(() => process.exit(7), 200)`, '--ignore-failure');
  expect(candidate(present).runs).toMatchObject([{ exitCode: 7, signal: null }]);
  expect(candidate('other').failure).toBeNull();
});

test('one that does not end on a candidate is ended at the limit, with all its children', () => {
  const mark = `limit-${process.pid}`;
  const hang = `require('node:child_process').spawn('sh', ['-c', 'sleep 1000; : ${mark}']); setInterval(() => {}, 1000)`;
  const { candidate } = compareNode(
    `if (${onOther}) { ${hang} } else ${works}`,
    '--timeout',
    '0.9',
  );
  expect(candidate(present).failure).toBeNull();
  expect(candidate('other').failure).toMatchObject({
    kind: 'timeout',
    reason: 'it did not end within 0.9 s',
    signal: 'SIGKILL',
  });
  expect(processesWith(mark)).toEqual([]);
});

test('one that does not end at all is not waited for on every candidate', () => {
  const mark = `hang-${process.pid}`;
  const command = ['sh', '-c', `sleep 1000; : ${mark}`];
  const ended = refused([...twoCandidates, '--timeout', '0.5', '--', ...command]);
  expect(ended).toMatchObject({ status: 125, stdout: '' });
  expect(ended.stderr).toContain('The command did not end within 0.5 s');
  expect(ended.stderr).toContain('For a server: --duration SECONDS');
  expect(processesWith(mark)).toEqual([]);
});

test('one that is over before it can be looked at', () => {
  const { candidate } = compare([...twoCandidates, '--runs', '1', '--', 'true']);
  expect(candidate(present).failure).toMatchObject({ kind: 'too-short', exitCode: 0 });
});

test('one that the kernel cannot start', () => {
  withFolder((folder) => {
    const script = path.join(folder, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n');
    chmodSync(script, 0o755);
    const { candidate } = compare([...twoCandidates, '--runs', '1', '--', script]);
    expect(candidate(present).failure).toMatchObject({
      kind: 'not-started',
      reason: 'it could not be started: no such file or directory (ENOENT)',
    });
  });
});

test('one with a malloc of its own is measured as it is, and on no other', () => {
  withFolder((folder) => {
    const main =
      '\n#include <unistd.h>\nint main(void) { usleep(300000); return malloc(1) == NULL; }';
    // The library asks for malloc at start-up: it has to be in the table of dynamic symbols.
    const program = compile(path.join(folder, 'program'), ownMalloc + main, ['-rdynamic']);
    const { candidate } = compare(['--with', 'now,system', '--runs', '1', '--', program]);
    expect(candidate('now')).toMatchObject({
      failure: null,
      library: program,
      allocator: 'program',
    });
    expect(candidate('glibc')).toMatchObject({
      verified: false,
      runs: [],
      failure: { kind: 'unverified', exitCode: 125 },
    });
    expect(candidate('glibc').failure?.reason).toContain(`its malloc came from ${program}`);
  });
});

(jemalloc.available ? test : test.skip)(
  'one whose children move to another malloc by themselves is no data',
  () => {
    withFolder((folder) => {
      const library = path.join(folder, 'libjemalloc.so.2');
      copyFileSync(path.join(binariesFolder, 'liballomorph-jemalloc.so'), library);
      const source = `LD_PRELOAD=${library} '${process.execPath}' -e '${works}'`;
      const { candidate } = compare([...twoCandidates, '--runs', '1', '--', 'sh', '-c', source]);
      // How the service is started is its present state, whatever starts it.
      expect(candidate('now')).toMatchObject({ failure: null, library, allocator: 'jemalloc' });
      expect(candidate('other').failure).toMatchObject({ kind: 'unverified', exitCode: 0 });
      expect(candidate('other').failure?.reason).toMatch(
        /malloc of its child \d+ came from .*libjemalloc\.so\.2, and not from libc/,
      );
    });
  },
);

test('one whose supervisor is killed is ended, and says so', () => {
  const mark = `orphan-${process.pid}`;
  const script = `kill -KILL $PPID; sleep 1000; : ${mark}`;
  const { candidate } = compare([...twoCandidates, '--runs', '1', '--', 'sh', '-c', script]);
  expect(candidate(present).failure?.reason).toContain('its supervisor was killed');
  expect(processesWith(mark)).toEqual([]);
});
