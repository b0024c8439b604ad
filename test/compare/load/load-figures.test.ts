import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LoadFigures } from 'allomorph/compare/document/run';
import { parseLoadFigures } from 'allomorph/compare/load/index';

const fixture = (name: string) =>
  readFileSync(path.join(__dirname, 'fixtures', `${name}.txt`), 'utf8');

const figures = (
  generator: string,
  requestsPerSecond: number,
  p50Seconds: number | null,
  p99Seconds: number | null,
  errors: number,
): LoadFigures => ({ generator, requestsPerSecond, p50Seconds, p99Seconds, errors });

const expected: [name: string, LoadFigures][] = [
  ['autocannon-json', figures('autocannon', 997, 0.007, 0.043, 0)],
  ['autocannon-json-refused', figures('autocannon', 0, null, null, 23_940)],
  ['autocannon-table', figures('autocannon', 1_019, 0.007, 0.041, 0)],
  ['autocannon-table-terminal', figures('autocannon', 847, 0.009, 0.049, 0)],
  ['autocannon-table-refused', figures('autocannon', 0, null, null, 25_000)],
  ['wrk', figures('wrk', 1410.04, null, null, 0)],
  ['wrk-latency-not-found', figures('wrk', 45_770.33, 0.00019, 0.00073, 91_558)],
  ['wrk-killed', figures('wrk', 522.18, 0.00657, 0.04647, 55_078)],
  ['wrk2', figures('wrk2', 2000.15, null, null, 0)],
  ['wrk2-latency', figures('wrk2', 2000.28, 0.00667, 0.01118, 0)],
  ['hey', figures('hey', 1227.5673, 0.0061, 0.038, 0)],
  ['hey-not-found', figures('hey', 18_804.374, 0.0003, 0.0026, 300)],
  ['hey-refused', figures('hey', 23_663.7103, null, null, 20)],
  // The 599 that it calls failed are those of another length than the first.
  ['ab', figures('ab', 1287.47, 0.006, 0.03, 0)],
  ['ab-not-found', figures('ab', 25_809.78, null, 0.003, 2_000)],
  ['k6-json', figures('k6', 68.43763613781972, 0.8368969, 12_966.030854999995 / 1e3, 3_335)],
  ['k6-text', figures('k6', 4.775025, 0.02097, null, 10)],
  ['k6-text-before-1.0', figures('k6', 4.36938, 0.11047, null, 0)],
  ['oha', figures('oha', 7205.726530194245, 0.000635, 0.031008791, 0)],
  ['oha-nothing', figures('oha', 2.4947319568528683, null, null, 0)],
  ['bombardier-json', figures('bombardier', 1 / 0.071811825, 0.071221, 0.071221, 0)],
  ['bombardier-text', figures('bombardier', 2195.55, 0.0029, 0.00545, 11_009)],
];

const rounded = (value: number | null) => (value === null ? null : Number(value.toPrecision(12)));

function comparable(found: LoadFigures | null) {
  if (found === null) return null;
  const { p50Seconds, p99Seconds } = found;
  return { ...found, p50Seconds: rounded(p50Seconds), p99Seconds: rounded(p99Seconds) };
}

describe('the report of a load generator', () => {
  test.each(expected)('%s', (name, figuresOfIt) => {
    expect(comparable(parseLoadFigures(fixture(name)))).toEqual(comparable(figuresOfIt));
  });

  test('a table with responses that are not 2xx', () => {
    expect(parseLoadFigures(fixture('autocannon-table-not-found'))).toMatchObject({
      generator: 'autocannon',
      p50Seconds: null,
      errors: Number(/(\d+) non 2xx/.exec(fixture('autocannon-table-not-found'))![1]),
    });
  });

  test.each(expected)('%s, between what other programs print', (name) => {
    const alone = fixture(name);
    const among = `> service@1.0.0 load\n{ not json\n\n${alone}\n{"level":"info"}\ndone 100%\n`;
    expect(parseLoadFigures(among)).toEqual(parseLoadFigures(alone));
  });

  test('Windows line ends', () => {
    for (const [name] of expected) {
      const text = fixture(name);
      expect(parseLoadFigures(text.replace(/\r?\n/g, '\r\n'))).toEqual(parseLoadFigures(text));
    }
  });

  test('the figures of k6’s handleSummary are one level deeper', () => {
    const metrics = {
      http_reqs: { type: 'counter', values: { count: 10, rate: 2.5 } },
      http_req_duration: { type: 'trend', values: { med: 12, 'p(95)': 20 } },
      http_req_failed: { type: 'rate', values: { rate: 0.1, passes: 1, fails: 9 } },
    };
    expect(parseLoadFigures(JSON.stringify({ metrics }))).toEqual(
      figures('k6', 2.5, 0.012, null, 1),
    );
  });

  test('numbers in a locale that writes them otherwise are no figures rather than wrong ones', () => {
    const german = fixture('autocannon-table').replaceAll('1,019', '1.019');
    expect(parseLoadFigures(german)).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['a log', 'listening on 127.0.0.1:8080\nstopped after 3 requests\n'],
    ['a refused connection', 'unable to connect to 127.0.0.1:8139 Connection refused\n'],
    ['JSON of something else', '{"requests":{"average":"many"}}\n{"metrics":[]}\n{"summary":null}'],
    [
      'oha’s text, which is like hey’s',
      'Summary:\n  Requests/sec: 10.0\n\nResponse time distribution:\n',
    ],
  ])('null for %s', (_, output) => {
    expect(parseLoadFigures(output)).toBeNull();
  });
});
