import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import type { Comparison } from 'allomorph/compare/document/index';
import { cli, root, run } from '../support/child.js';
import { compare, refused, withFolder } from '../compare/support/comparing.js';

const withJemalloc = jemalloc.available ? test : test.skip;
const node = process.execPath;
const idle = ['--', node, '-e', 'setTimeout(() => {}, 200)'];

test.each([
  [[], /There is no command to compare on\. Example: allomorph compare -- node app\.js/],
  [['--runs', '3', '--'], /There is no command to compare on/],
  [['--runs'], /--runs needs a value, and none is given/],
  [['--runs', '0', ...idle], /--runs is "0"\. It takes a whole number from 1 to 1000\./],
  [['--runs', '1.5', ...idle], /--runs is "1\.5"/],
  [['--runs', '1001', ...idle], /--runs is "1001"/],
  [['--timeout', '0', ...idle], /--timeout is "0"\. It takes seconds: a number above 0/],
  [['--timeout', '-1', ...idle], /^allomorph: --timeout is "-1"\. It takes seconds/],
  [
    ['--runs', '-1', ...idle],
    /^allomorph: --runs is "-1"\. It takes a whole number from 1 to 1000\.$/m,
  ],
  [['--runs', ...idle], /^allomorph: --runs needs a value, and "--" follows it\./],
  [['--duration', 'long', ...idle], /--duration is "long"/],
  [['--idle', '1e3', '--duration', '1', ...idle], /--idle is "1e3"/],
  [['--idle', '1', ...idle], /--idle is for a program that we stop/],
  [['--load', 'true', ...idle], /--load needs --ready/],
  [['--load', ' ', '--ready', 'x', ...idle], /--load is empty/],
  [['--ready', '0', ...idle], /--ready is "0"; a port is a number from 1 to 65535/],
  [['--ready', '65536', ...idle], /--ready is "65536"/],
  [
    ['--ready', '(', ...idle],
    /--ready is "\(", neither a port nor a regular expression: .*Unterminated/,
  ],
  [['--ready', '', ...idle], /--ready is empty/],
  [['--ready', '80', ...idle], /what then\? Give --load, --duration or --idle too/],
  [['--timeout', '1', '--duration', '1', ...idle], /--timeout is 1 s, and each run is to last 1 s/],
  [['--json', '-', '--html', '-', ...idle], /--json and --html are both "-"/],
  [['--with', 'nomalloc', ...idle], /--with is "nomalloc"\. Valid: jemalloc, system/],
  [['--with', './libx.so', ...idle], /libx\.so does not exist/],
  [['--with', '/no/such.so', ...idle], /The library \/no\/such\.so does not exist/],
  [['--with', 'system,system', ...idle], /Two candidates are called "glibc"/],
  [['--with', 'a=system,a=now', ...idle], /Two candidates are called "a"/],
  [
    ['--with', 'system+narenas:2', ...idle],
    /--with system\+narenas:2 has "narenas"; glibc takes tunables joined by colons/,
  ],
  [['--with', 'limited', ...idle], /Example: limited:bytes=512m:jemalloc\.$/m],
  [['--with', 'now', ...idle], /--with names the present state alone/],
  [['--with', 'counted:nosuch', ...idle], /--with is "nosuch"\. Valid: .*BLOCK:/],
  [['--with', 'limited:bytes=0:system', ...idle], /bytes of limited is "0"/],
  [['--inherit', 'some', ...idle], /--inherit is "some"\. Valid: node, all, none/],
  [
    ['--json', '/no/such/folder/x.json', ...idle],
    /--json is ".*", which cannot be written: there is no folder \/no\/such\/folder\. Make it first\./,
  ],
  [['--json', '/tmp', ...idle], /--json is "\/tmp", which cannot be written: it is a folder/],
  [['--html', '', ...idle], /--html is "", which cannot be written: it is empty/],
  [['--jsno', 'x', ...idle], /Unknown option --jsno of compare\. Valid: --with, --runs/],
])('compare %j is refused before anything is run', (args, message) => {
  const ended = refused(args);
  expect(ended).toMatchObject({ status: 125, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).toMatch(/^allomorph: .*\n$/);
});

test('a command that does not exist, or cannot be executed, has the status of a shell', () => {
  expect(refused(['--', 'no-such-command'])).toMatchObject({ status: 127, stdout: '' });
  expect(refused(['--', path.join(root, 'package.json')])).toMatchObject({ status: 126 });
});

test('the answer is the last of the report; JSON and HTML are written as a whole', () => {
  withFolder((folder) => {
    const [json, html] = [path.join(folder, 'r.json'), path.join(folder, 'r.html')];
    writeFileSync(json, 'old');
    const files = ['--json', json, '--html', html];
    const args = ['--with', 'again=now', '--runs', '4', ...files, ...idle];
    const ended = refused(args);
    expect(ended.status).toBe(0);
    const result = JSON.parse(readFileSync(json, 'utf8')) as Comparison;
    expect(result.verdict).toMatchObject({ recommendation: 'glibc (now)', line: null });
    const words = (text: string) => text.replace(/\s+/g, ' ').trim();
    expect(words(ended.stdout)).toMatch(words(result.verdict.sentence));
    expect(words(ended.stdout).endsWith(words(result.verdict.sentence))).toBe(true);
    for (const line of ended.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/i);
    expect(ended.stderr).toContain(`written to ${json}`);
    expect(existsSync(`${json}.tmp`)).toBe(false);
  });
});

test('the document has what its schema promises', () => {
  const { result } = compare(['--with', 'again=now', '--runs', '2', ...idle]);
  expect(result).toMatchObject({
    schema: 'allomorph-compare/1',
    complete: true,
    command: idle.slice(1),
    plan: { rounds: 2, duration: null, ready: null, load: null, idle: null, timeout: 600 },
    environment: { node: process.versions.node, platform: 'linux', arch: process.arch },
    baseline: 'glibc (now)',
    verdict: { recommendation: null, confidence: null },
  });
  expect(result.candidates.map(({ name }) => name)).toEqual(['glibc (now)', 'again']);
  for (const candidate of result.candidates) {
    expect(candidate).toMatchObject({ allocator: 'glibc', verified: true, failure: null });
    expect(candidate.runs.map(({ round }) => round)).toEqual([1, 2]);
    for (const each of candidate.runs) {
      expect(each).toMatchObject({
        wallSeconds: expect.any(Number),
        userSeconds: expect.any(Number),
        systemSeconds: expect.any(Number),
        peakRssBytes: expect.any(Number),
        lastRssBytes: expect.any(Number),
        meanRssBytes: expect.any(Number),
        exitCode: 0,
      });
    }
  }
});

test('too few rounds for an answer are said so before they are run', () => {
  const note = 'allomorph: --runs 3 shows figures and gives no answer: that takes 4 or more\n';
  expect(refused(['--with', 'again=now', '--runs', '3', '--', node, '-e', '0']).stderr).toMatch(
    new RegExp(`^${note}`),
  );
});

test('what turns out to be the present state is nothing to compare', () => {
  const ended = refused(['--with', 'system', '--runs', '1', ...idle]);
  expect(ended.status).toBe(125);
  expect(ended.stderr).toContain('There is nothing to compare with');
});

withJemalloc(
  'inside allomorph run it is refused; allomorph run inside it keeps to the candidate',
  () => {
    const options = ['--with', 'system', '--runs', '1', ...idle];
    const inside = run(node, [cli, 'run', '--', node, cli, 'compare', ...options]);
    expect(inside).toMatchObject({ status: 125, stdout: '' });
    expect(inside.stderr).toContain('was started by allomorph run');

    const launched = ['--with', 'system', '--runs', '1', '--', node, cli, 'run', ...idle];
    const { result } = compare(launched);
    expect(result.candidates).toMatchObject([
      { name: 'now', allocator: 'jemalloc', failure: null },
      { name: 'glibc', allocator: 'glibc', failure: null, verified: true },
    ]);
  },
);

test('building blocks are candidates like others', () => {
  const { result } = compare([
    '--with',
    'bump:system,limited:bytes=1g:system',
    '--runs',
    '1',
    ...idle,
  ]);
  const specs = ['bump:system', 'limited:bytes=1g:system'];
  expect(result.candidates.slice(1)).toMatchObject(
    specs.map((name) => ({ name, verified: true, failure: null })),
  );
  for (const [index, { line }] of result.candidates.slice(1).entries()) {
    expect(line).toContain(`npx allomorph run --allocator ${specs[index]} -- `);
  }
});

withJemalloc('behind blocks, there is no jemalloc without a preset', () => {
  const ended = refused(['--with', 'counted:jemalloc:stock', ...idle]);
  expect(ended).toMatchObject({ status: 125, stdout: '' });
  expect(ended.stderr).toMatch(/jemalloc has a preset always/);
});

test('names of the report can be given back', () => {
  const { result } = compare(['--with', 'glibc arena_max 2', '--runs', '1', ...idle]);
  expect(result.candidates.map(({ name }) => name)).toEqual(['glibc (now)', 'glibc arena_max 2']);
});

test('a link stays one', () => {
  withFolder((folder) => {
    const [file, link] = [path.join(folder, 'real.json'), path.join(folder, 'link.json')];
    writeFileSync(file, '');
    symlinkSync(file, link);
    refused(['--with', 'again=now', '--runs', '1', '--json', link, ...idle]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ complete: true });
  });
});

test('too few runs tell nothing, and say so', () => {
  const { result, status } = compare(['--with', 'again=now', '--runs', '3', ...idle]);
  expect(result.verdict.sentence).toMatch(/at least 4 are needed/);
  expect(status).toBe(1);
});

withJemalloc(
  'what the user has in the environment is the present state, and no candidate has it',
  () => {
    const source = `setTimeout(() => console.log(process.env.MALLOC_CONF), 200)`;
    const options = ['--with', 'now,system,jemalloc:stock', '--runs', '1'];
    const { result } = compare([...options, '--', node, '-e', source], {
      MALLOC_CONF: 'narenas:3',
      LD_PRELOAD: run(node, [cli, 'preload']).stdout.trim(),
    });
    const [now, glibc, stock] = result.candidates;
    expect(now).toMatchObject({ name: 'now', allocator: 'jemalloc', baseline: true });
    expect(now?.settings).toMatchObject({ MALLOC_CONF: 'narenas:3' });
    expect(glibc).toMatchObject({
      name: 'glibc',
      allocator: 'glibc',
      verified: true,
      settings: {},
    });
    expect(glibc?.line).toMatch(
      /^env (?:-u (?:MALLOC_CONF|LD_PRELOAD) ){2}npx allomorph run --allocator system -- /,
    );
    expect(stock).toMatchObject({ name: 'jemalloc stock', allocator: 'jemalloc', settings: {} });
  },
);

withJemalloc(
  'a program that imports allomorph/process: that is its present state, and no candidate',
  () => {
    const options = ['--with', 'now,system', '--runs', '1'];
    const hook = path.join(root, 'dist', 'process', 'import', 'default.js');
    const { result } = compare([...options, '--', node, '--require', hook, ...idle.slice(2)]);
    expect(result.candidates).toMatchObject([
      { name: 'now', allocator: 'jemalloc', verified: true, failure: null },
      { name: 'glibc', allocator: 'glibc', verified: true, failure: null },
    ]);
  },
);

withJemalloc('each jemalloc candidate runs with its own options', () => {
  const source = `
    const { processAllocator } = require('allomorph');
    const { options } = processAllocator();
    setTimeout(() => process.exit(options === null ? 100 : options.background_thread ? 1 : 2), 200)`;
  const options = ['--with', 'system,jemalloc,jemalloc:stock', '--ignore-failure', '--runs', '1'];
  const { result } = compare([...options, '--', node, '-e', source]);
  const exitCodes = result.candidates.map(({ name, runs }) => [name, runs[0]?.exitCode]);
  expect(exitCodes).toEqual([
    ['glibc (now)', 100],
    ['jemalloc balanced', 1],
    ['jemalloc stock', 2],
  ]);
});

test('the default candidates are those that this machine can run', () => {
  const { result } = compare(['--runs', '1', ...idle]);
  const names = result.candidates.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['glibc (now)', 'glibc arena_max 2']);
  const ofJemalloc = ['stock', 'balanced', 'memory', 'throughput'].map(
    (each) => `jemalloc ${each}`,
  );
  expect(names.filter((name) => name.startsWith('jemalloc'))).toEqual(
    jemalloc.available ? ofJemalloc : [],
  );
  for (const { verified, failure } of result.candidates) {
    expect({ verified, failure }).toEqual({ verified: true, failure: null });
  }
});
