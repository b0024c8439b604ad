import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { parseLoadFigures } from 'allomorph/compare/load/index';
import { root, run } from '../support/child';
import { startService, type Service } from './service';

interface Answer {
  title?: string;
  rows?: unknown;
  total?: number;
  attachment?: string;
  error?: string;
  received?: number;
}

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.child.kill('SIGKILL'));

async function ask(path: string, body?: string): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(service.url + path, body === undefined ? {} : post(body));
  return { status: response.status, answer: (await response.json()) as Answer };
}

const post = (body: string) => ({ method: 'POST', body });

describe('examples/http-service.mjs', () => {
  test('reports are documents of different sizes, in part read again, the same in every run', async () => {
    const reports = async () => {
      const answers: Answer[] = [];
      for (let made = 0; made < 8; made++) answers.push((await ask('/report')).answer);
      return answers;
    };
    const first = await reports();
    expect(first.map(({ title }) => title)).toEqual([
      'report 1',
      'report 2',
      'report 3',
      expect.stringMatching(/^summary of report [123]$/),
      'report 5',
      'report 6',
      'report 7',
      expect.stringMatching(/^summary of report [123567]$/),
    ]);
    expect(new Set(first.map((answer) => JSON.stringify(answer).length)).size).toBe(8);
    await service.stop('SIGTERM');
    service = await startService();
    expect(await reports()).toEqual(first);
  });

  test('ingest parses and stores', async () => {
    const body = JSON.stringify({ rows: [{ amount: 2 }, { amount: 'none' }, null] });
    expect(await ask('/ingest', body)).toEqual({
      status: 200,
      answer: expect.objectContaining({ rows: 3, received: body.length }),
    });
  });

  test.each([
    [404, '/nothing', undefined, 'only GET /report, POST /ingest'],
    [400, '/ingest', '{"rows":', expect.stringContaining('JSON')],
    [400, '/ingest', 'null', expect.stringContaining('rows')],
    [413, '/ingest', ' '.repeat(9 * 1024 * 1024), expect.stringContaining('larger than')],
  ])('%d for %s', async (status, path, body, error) => {
    expect(await ask(path, body)).toEqual({ status, answer: { error } });
    expect((await ask('/report')).status).toBe(200);
  });

  test('serves autocannon, whose figures can be read in both forms', async () => {
    for (const form of [['--json'], []]) {
      const output = await autocannon(...form, '-d', '1', '-c', '5', `${service.url}/report`);
      const figures = parseLoadFigures(output);
      expect(figures).toMatchObject({ generator: 'autocannon', errors: 0 });
      expect(figures!.requestsPerSecond).toBeGreaterThan(10);
      expect(figures!.p99Seconds).toBeGreaterThan(0);
    }
    expect(await service.stop('SIGTERM')).toBe(0);
    expect(service.output()).toMatch(/^stopped after \d+ requests$/m);
  });

  test('a stop lets requests that are under way end', async () => {
    const answers = Array.from({ length: 20 }, () => ask('/report'));
    // Before the stop: a request refused meanwhile would else be a rejection that nobody handles.
    const allEnded = Promise.allSettled(answers);
    await Promise.any(answers);
    expect(await service.stop('SIGINT')).toBe(0);
    const ended = await allEnded;
    // Those that had not been accepted yet may be refused; none is cut off with a half answer.
    const answered = ended.filter(({ status }) => status === 'fulfilled').length;
    expect(service.output()).toContain(`stopped after ${answered} requests`);
  });

  test('a port in use, or none, is a sentence', () => {
    const start = (port: string) =>
      run(process.execPath, ['examples/http-service.mjs'], { PORT: port });
    expect(start(String(service.port))).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `http-service cannot listen on 127.0.0.1:${service.port}: another program listens there. PORT chooses another.\n`,
    });
    expect(start('70000')).toMatchObject({
      status: 2,
      stderr: 'PORT is "70000"; it must be a port from 1 to 65535, or 0 for 8080.\n',
    });
  });
});

/** All that it prints: its table goes to stderr. */
async function autocannon(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [require.resolve('autocannon'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, log] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + log;
}
