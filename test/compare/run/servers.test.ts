/** Programs that are stopped: by a load's end, by a duration. */
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { root } from '../../support/child.js';
import { compare, onOther, processesWith, refused, twoCandidates } from '../support/comparing.js';

const present = 'glibc (now)';
const serve = (port: number, more = '') => `
  require('node:http').createServer((request, response) => response.end('hello')).listen(${port}, '127.0.0.1', () => console.log('up and running'));
  ${more}
`;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const compareServer = (source: string, ...options: string[]) =>
  compare([...twoCandidates, '--runs', '1', ...options, '--', process.execPath, '-e', source]);

test('a server under load: its figures, what it gives back, and those of the generator', async () => {
  const port = await freePort();
  const autocannon = path.join(root, 'node_modules', 'autocannon', 'autocannon.js');
  const load = `'${process.execPath}' '${autocannon}' -d 1 -c 4 --json http://127.0.0.1:${port}/report`;
  const { candidate, stderr } = compare(
    [
      ...[
        ...twoCandidates,
        '--runs',
        '1',
        '--ready',
        String(port),
        '--load',
        load,
        '--idle',
        '0.5',
      ],
      ...['--', process.execPath, 'examples/http-service.mjs'],
    ],
    { PORT: String(port) },
  );
  for (const name of [present, 'other']) {
    const [run] = candidate(name).runs;
    expect(run).toMatchObject({
      exitCode: 0,
      signal: null,
      load: { generator: 'autocannon', errors: 0 },
    });
    expect(run?.load?.requestsPerSecond).toBeGreaterThan(1);
    expect(run?.load?.p50Seconds).toBeGreaterThan(0);
    expect(run?.load?.p99Seconds).toBeGreaterThanOrEqual(run?.load?.p50Seconds ?? Infinity);
    expect(run?.readySeconds).toBeGreaterThan(0.01);
    expect(run?.wallSeconds).toBeGreaterThan(1.5 + (run?.readySeconds ?? 0));
    expect(run?.lastRssBytes).toBeGreaterThan(30e6);
    expect(candidate(name).outcomes).toMatchObject({
      requestsPerSecond: { values: [run?.load?.requestsPerSecond] },
      p50Seconds: { values: [run?.load?.p50Seconds] },
      p99Seconds: { values: [run?.load?.p99Seconds] },
    });
  }
  expect(stderr).toContain('req/s');
});

test('--ready by what it writes, and a server that heeds no SIGTERM', async () => {
  const deaf = `if (${onOther}) process.on('SIGTERM', () => {})`;
  const source = serve(await freePort(), deaf);
  const { candidate } = compareServer(source, '--ready', '^up and', '--duration', '0.2');
  expect(candidate(present).runs).toMatchObject([{ exitCode: null, signal: 'SIGTERM' }]);
  const [run] = candidate('other').runs;
  expect(run).toMatchObject({ exitCode: null, signal: 'SIGKILL', load: null });
  // What it was asked to last, and the ten seconds of grace.
  expect(run?.wallSeconds).toBeGreaterThan(10);
  expect(run?.wallSeconds).toBeLessThan(30);
});

test('--duration alone: the most that it may take', () => {
  const { candidate } = compareServer(`setInterval(() => {}, 1000)`, '--duration', '0.5');
  expect(candidate(present).runs).toMatchObject([{ signal: 'SIGTERM', exitCode: null }]);
  const before = compareServer(`setTimeout(() => {}, 200)`, '--duration', '60');
  expect(before.candidate(present).runs).toMatchObject([{ signal: null, exitCode: 0 }]);
});

test('a server that ends before it is ready', () => {
  const source = `console.error('no database'); setTimeout(() => process.exit(4), 100)`;
  const { candidate } = compareServer(source, '--ready', 'never written', '--idle', '1');
  expect(candidate(present).failure).toMatchObject({
    kind: 'not-ready',
    reason: 'it ended (status 4) before it was ready',
    exitCode: 4,
    lastOutput: 'no database',
  });
});

test('a server that is never ready is not waited for on every candidate', () => {
  const command = ['--', process.execPath, '-e', `setInterval(() => {}, 1000)`];
  const ended = refused([
    ...twoCandidates,
    '--ready',
    'never',
    '--idle',
    '0.5',
    '--timeout',
    '1',
    ...command,
  ]);
  expect(ended).toMatchObject({ status: 125, stdout: '' });
  expect(ended.stderr).toContain('The command was not ready');
});

test('a server that ends under load', async () => {
  const source = serve(await freePort(), `setTimeout(() => process.abort(), 700)`);
  const { candidate } = compareServer(source, '--ready', 'up', '--load', 'sleep 30');
  expect(candidate(present).failure).toMatchObject({
    kind: 'signal',
    reason: 'it ended (SIGABRT) under load',
  });
});

test('a load generator that fails is said to, with what it wrote', async () => {
  const { candidate } = compareServer(
    serve(await freePort()),
    '--ready',
    'up',
    '--load',
    'echo broken; exit 5',
  );
  expect(candidate(present).failure).toMatchObject({
    kind: 'load',
    reason: 'the load generator ended with status 5',
    lastOutput: 'broken',
  });
});

test('requests that are not answered are no figures', async () => {
  const [port, other] = [await freePort(), await freePort()];
  const autocannon = path.join(root, 'node_modules', 'autocannon', 'autocannon.js');
  const load = `'${process.execPath}' '${autocannon}' -d 1 -c 2 --json http://127.0.0.1:${other}/`;
  const { candidate } = compareServer(serve(port), '--ready', 'up', '--load', load);
  expect(candidate(present).failure).toMatchObject({
    kind: 'load',
    reason: 'no request was answered: look at the address that the load goes to',
  });
});

test('nor are those that are answered by an error', async () => {
  const report = path.join(root, 'test/compare/load/fixtures/autocannon-table-not-found.txt');
  const source = serve(await freePort());
  const { candidate } = compareServer(source, '--ready', 'up', '--load', `cat '${report}' >&2`);
  expect(candidate(present).failure).toMatchObject({
    kind: 'load',
    reason: expect.stringMatching(/^\d+ requests failed, .*: look at the address/),
  });
});

test('what a load generator leaves behind is ended with it', async () => {
  const mark = `load-${process.pid}`;
  const load = `sh -c 'sleep 1000; : ${mark}' & echo done`;
  const { candidate } = compareServer(serve(await freePort()), '--ready', 'up', '--load', load);
  expect(candidate(present).failure).toBeNull();
  expect(processesWith(mark)).toEqual([]);
});

test('so is what has left its group', async () => {
  const mark = `left-load-${process.pid}`;
  const load = `setsid sh -c 'sleep 1000; : ${mark}' & sleep 0.2`;
  const source = serve(await freePort());
  const { candidate } = compareServer(source, '--ready', 'up', '--load', load);
  expect(candidate(present).failure).toBeNull();
  expect(processesWith(mark)).toEqual([]);
});

test('the CPU time of a server counts whatever has started it', () => {
  const spin = `setInterval(() => { const end = Date.now() + 20; while (Date.now() < end); }, 25)`;
  const script = `'${process.execPath}' -e "${spin}"; echo`;
  const { candidate } = compare([
    ...[...twoCandidates, '--runs', '1', '--duration', '1.5', '--', 'sh', '-c', script],
  ]);
  const [run] = candidate(present).runs;
  // On a busy machine it gets a part of the core only.
  expect((run?.userSeconds ?? 0) + (run?.systemSeconds ?? 0)).toBeGreaterThan(0.3);
});

test('what is held at last is what it held when it was asked to stop', () => {
  const source = `const held = []; setInterval(() => held.push(Buffer.alloc(2e6, 1)), 10)`;
  const [run] = compareServer(source, '--duration', '1').candidate(present).runs;
  expect(run?.lastRssBytes).toBe(run?.samples.rssBytes.at(-1));
  expect(run?.lastPssBytes).not.toBeNull();
});

test('a load generator whose output says nothing leaves its figures out', async () => {
  const { candidate } = compareServer(
    serve(await freePort()),
    '--ready',
    'up',
    '--load',
    'sleep 0.2',
  );
  expect(candidate(present).runs).toMatchObject([{ load: null }]);
  expect(candidate(present).outcomes.requestsPerSecond).toBeUndefined();
});

test('a port that is taken is refused: somebody else would be measured', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as net.AddressInfo;
  const ended = refused(['--ready', String(port), '--idle', '1', '--', 'sleep', '1']);
  other.close();
  expect(ended).toMatchObject({ status: 125, stdout: '' });
  expect(ended.stderr).toContain(`something listens on that port already`);
});
