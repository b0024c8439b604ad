import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { cli, root, run } from '../support/child.js';

// What children of a process on the allocator run on, and what they see of it.

const withJemalloc = jemalloc.available ? describe : describe.skip;

/** Prints, from inside a Node child, the allocator and all that could betray us in its environment. */
const report = `
const { processAllocator } = require(${JSON.stringify(root)});
const leaks = Object.keys(process.env).filter((name) => /^(LD_PRELOAD|MALLOC_CONF|ALLOMORPH_)/.test(name));
console.log(JSON.stringify({ name: processAllocator().name, leaks }));`;

/** The ways in which a Node program starts another Node; each prints one report. */
const ways: Record<string, string> = {
  spawn: `spawnSync(process.execPath, [file], stdio)`,
  'spawn by name': `spawnSync('node', [file], stdio)`,
  'spawn with an empty environment': `spawnSync(process.execPath, [file], { ...stdio, env: {} })`,
  'spawn with shell: true': `spawnSync('node ' + file, { ...stdio, shell: true })`,
  exec: `execSync('node ' + file, stdio)`,
  'exec in a bash with other commands': `execSync("bash -c 'true; node " + file + "; true'", stdio)`,
  execFile: `execFileSync('node', [file], stdio)`,
  'a script with a shebang': `execFileSync(file, [], stdio)`,
  env: `execFileSync('env', ['node', file], stdio)`,
  'a grandchild': `spawnSync('node', ['-e', 'require("child_process").spawnSync("node", [' + JSON.stringify(file) + '], { stdio: "inherit" })'], stdio)`,
  fork: `fork(file, { stdio: 'inherit' })`,
};

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-children-'));
  file = path.join(folder, 'report.js');
  writeFileSync(
    file,
    `#!/usr/bin/env node\n${report}\nif (process.connected) process.disconnect();`,
    { mode: 0o755 },
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const parent = (way: string) => `
  const { spawnSync, execSync, execFileSync, fork } = require('node:child_process');
  const stdio = { stdio: 'inherit' };
  const file = ${JSON.stringify(file)};
  ${way};`;

function start(way: string, flags: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const child = run(
    process.execPath,
    [cli, 'run', ...flags, '--', process.execPath, '-e', parent(way)],
    env,
  );
  expect(child.stderr).toBe('');
  return child.stdout;
}

withJemalloc('children that are Node', () => {
  test.each(Object.entries(ways))('%s: on the allocator, and see nothing of it', (_name, way) => {
    expect(JSON.parse(start(way))).toEqual({ name: 'jemalloc', leaks: [] });
  });

  test.each(Object.entries(ways))('%s: with --inherit all, too', (_name, way) => {
    expect(JSON.parse(start(way, ['--inherit', 'all']))).toMatchObject({ name: 'jemalloc' });
  });

  test.each(Object.entries(ways))('%s: with --inherit none, as without us', (_name, way) => {
    expect(JSON.parse(start(way, ['--inherit', 'none']))).toEqual({ name: 'glibc', leaks: [] });
  });

  test('cluster workers and worker threads', () => {
    const way = `
      const cluster = require('node:cluster');
      const { Worker } = require('node:worker_threads');
      cluster.setupPrimary({ exec: file, execArgv: [] });
      cluster.fork().on('exit', () => new Worker(file, { execArgv: [] }))`;
    const reports = start(way)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string });
    // A worker thread shares the environment of its process: one name comes from cluster.
    expect(reports.map(({ name }) => name)).toEqual(['jemalloc', 'jemalloc']);
  });
});

withJemalloc('children that are not Node', () => {
  const look = (command: string) => `execFileSync(${command}, stdio)`;
  const python = `'python3', ['-c', 'import os; print("allomorph" in open("/proc/self/maps").read(), sorted(n for n in os.environ if n in ("LD_PRELOAD", "MALLOC_CONF") or n.startswith("ALLOMORPH_")))']`;

  test('have neither our libraries nor our variables', () => {
    expect(start(look(python))).toBe('False []\n');
    expect(start(look(python), ['--inherit', 'none'])).toBe('False []\n');
  });

  test('are on it with --inherit all', () => {
    expect(start(look(python), ['--inherit', 'all'])).toBe('True []\n');
  });

  test('also behind a shell', () => {
    const behind = `execSync(${JSON.stringify(`true; python3 -c 'print("allomorph" in open("/proc/self/maps").read())'; true`)}, stdio)`;
    expect(start(behind)).toBe('False\n');
  });

  test.each([
    ['nothing', {}],
    [
      'an LD_PRELOAD and a MALLOC_CONF of the user',
      { LD_PRELOAD: '/lib/x86_64-linux-gnu/libm.so.6', MALLOC_CONF: 'narenas:2' },
    ],
    ['empty ones', { LD_PRELOAD: '', MALLOC_CONF: '' }],
    [
      'a value that is no UTF-8, and one with newlines',
      { ODD: 'a\nb=c\n\x1e', MALLOC_CONF: 'narenas:1' },
    ],
  ])('see byte for byte the environment that the user had: %s', (_name, variables) => {
    const set = { ...variables } as NodeJS.ProcessEnv;
    const dump = ['bash', '-c', 'cat /proc/self/environ | tr "\\0" "\\n" | grep -av "^_=" | sort'];
    const bytes = 'RAW=$(printf "\\377\\376")';
    const plain = run('env', ['bash', '-c', `export ${bytes}; exec "$@"`, 'bash', ...dump], set);
    const through = run(
      'env',
      [
        'bash',
        '-c',
        `export ${bytes}; exec "$@"`,
        'bash',
        process.execPath,
        cli,
        'run',
        '--',
        ...dump,
      ],
      set,
    );
    expect(through.stderr).toBe('');
    expect(through.stdout).toBe(plain.stdout);
    expect(plain.stdout).toContain('RAW=');
  });
});

withJemalloc('the command itself', () => {
  test('stays on the allocator when it goes on as another program', () => {
    for (const command of [
      ['sh', '-c', `exec node ${file}`],
      ['env', 'node', file],
      ['sh', '-c', `exec env nice node ${file}`],
    ]) {
      for (const inherit of ['node', 'none', 'all']) {
        const child = run(process.execPath, [cli, 'run', '--inherit', inherit, '--', ...command]);
        expect([command, inherit, child.stdout, child.stderr]).toEqual([
          command,
          inherit,
          `${JSON.stringify({ name: 'jemalloc', leaks: [] })}\n`,
          '',
        ]);
      }
    }
  });

  test('npm start and npx chains end on it', () => {
    writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ name: 'chain', scripts: { start: `node ${file}` } }),
    );
    const started = run(process.execPath, [
      cli,
      'run',
      '--',
      'npm',
      '--prefix',
      folder,
      '--silent',
      'start',
    ]);
    expect(started.stdout).toBe(`${JSON.stringify({ name: 'jemalloc', leaks: [] })}\n`);
    const npx = run(process.execPath, [cli, 'run', '--', 'npx', '--silent', '-c', `node ${file}`]);
    expect(npx.stdout).toContain('"name":"jemalloc"');
  });

  test('an allomorph run inside an allomorph run decides for itself', () => {
    const inner = [process.execPath, cli, 'run', '--allocator', 'system', '--', 'node', file];
    const child = run(process.execPath, [cli, 'run', '--', ...inner]);
    expect(child.stdout).toBe(`${JSON.stringify({ name: 'glibc', leaks: [] })}\n`);
  });
});
