import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parseLoadFigures } from 'allomorph/compare/load/index';

const folder = path.join(__dirname, 'fixtures');
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readFileSync(path.join(folder, name), 'utf8'));

function expectNullOrFigures(output: string): void {
  const figures = parseLoadFigures(output);
  if (figures === null) return;
  const { requestsPerSecond, p50Seconds, p99Seconds, errors } = figures;
  for (const value of [requestsPerSecond, p50Seconds ?? 1, p99Seconds ?? 1, errors]) {
    expect(Number.isFinite(value) && value >= 0).toBe(true);
  }
}

describe('any text is figures or null', () => {
  test('arbitrary text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), expectNullOrFigures));
  });

  test('arbitrary JSON, also under the names that reports use', () => {
    const names = ['metrics', 'http_reqs', 'summary', 'requestsPerSec', 'result', 'latency'];
    const keys = fc.oneof(fc.constantFrom(...names), fc.string());
    const leaf = fc.oneof(fc.double(), fc.string(), fc.constant(null));
    const nested = (depth: number): fc.Arbitrary<unknown> =>
      depth === 0 ? leaf : fc.oneof(leaf, fc.dictionary(keys, nested(depth - 1), { maxKeys: 4 }));
    fc.assert(
      fc.property(nested(4), fc.constantFrom(undefined, 2), (object, indent) => {
        expectNullOrFigures(JSON.stringify(object, null, indent));
      }),
    );
  });

  test('reports that lost lines, were cut or came in another order', () => {
    const damaged = fc
      .constantFrom(...reports)
      .chain((report) => fc.tuple(fc.shuffledSubarray(report.split('\n')), fc.nat(report.length)));
    fc.assert(
      fc.property(damaged, ([lines, length]) => {
        expectNullOrFigures(lines.join('\n').slice(0, length));
      }),
    );
  });

  test('reports whose digits are others', () => {
    const digit = fc.constantFrom('', '0', '9', '.', '-', ',', 'NaN', '1e400');
    const altered = fc
      .constantFrom(...reports)
      .chain((report) => fc.tuple(fc.constant(report), fc.infiniteStream(digit)));
    fc.assert(
      fc.property(altered, ([report, digits]) => {
        expectNullOrFigures(report.replace(/\d/g, () => String(digits.next().value)));
      }),
    );
  });

  test.each(['{\n', '{}\n', '}\n', ' ', '│ Stat', '  [1]\t', '50%', 'Error distribution:\n', '9'])(
    'a lot of %j takes no time',
    (piece) => {
      const text = piece.repeat(3e5 / piece.length);
      const started = performance.now();
      for (const output of [text, `Summary:\nLatency distribution:\n${text}\n}`, `{\n${text}\n}`]) {
        expectNullOrFigures(output);
      }
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );
});
