import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { limited, logged, type Allocator } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { forms, withBlocks } from './support/forms.js';
import { no } from './support/refusing.js';

expectNoLeaks();

describe.each(forms)('logged over $form', ({ over }) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const use = (a: Allocator) => {
    const block = a.allocate(100, 16);
    const moved = a.reallocate(block, 100, 100_000, 16);
    const now = a.reallocateInplace(moved, 100_000, 2 ** 47, 16);
    a.deallocate(moved, 100_000, 16);
    expect(() => a.allocate(2 ** 46, 32)).toThrow(code('OUT_OF_MEMORY'));
    const [before, after] = [block.toString(16), moved.toString(16)];
    return [
      `allocate(100, 16) = 0x${before}`,
      `reallocate(0x${before}, 100, 100000, 16) = 0x${after}`,
      `reallocate_inplace(0x${after}, 100000, ${String(2 ** 47)}, 16) = ${String(now)}`,
      `deallocate(0x${after}, 100000, 16)`,
      `allocate(${String(2 ** 46)}, 32) = 0x0`,
    ];
  };

  test('to a file, which is appended to', () => {
    const file = path.join(folder, 'appended');
    const expected: string[] = [];
    for (let round = 0; round < 2; round++) {
      using behind = limited(over, 2 ** 40);
      using a = logged(behind, file);
      expect(a.name).toBe(`logged(${behind.name})`);
      expected.push(...use(a));
    }
    expect(readFileSync(file, 'utf8')).toBe(expected.map((line) => `${line}\n`).join(''));
  });

  test('to a function and to a stream', () => {
    const lines: string[] = [];
    {
      using behind = limited(over, 2 ** 40);
      using a = logged(behind, (line) => lines.push(line));
      expect(lines).toEqual([]);
      expect(use(a)).toEqual(lines);
    }
    let text = '';
    using behind = limited(over, 2 ** 40);
    using a = logged(behind, { write: (more: string) => (text += more) });
    expect(`${use(a).join('\n')}\n`).toBe(text);
  });

  test('a sink that throws changes nothing about the allocation, and is told of once', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    using a = logged(over, () => {
      throw new Error('the sink is full');
    });
    withBlocks(a, 3, 100, (blocks) => expect(new Set(blocks).size).toBe(3));
    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining('the sink is full'),
        { type: 'AllomorphWarning', code: 'ALLOMORPH_LOG_FAILED' },
      ],
    ]);
    warn.mockRestore();
  });

  test.each<[string, () => unknown]>([
    [
      'an error whose message throws',
      () => Object.defineProperty(new Error(), 'message', { get: no }),
    ],
    ['an error whose message is no text', () => Object.assign(new Error(), { message: Symbol() })],
    ['what throws when it is looked at', () => new Proxy({}, { getPrototypeOf: no })],
  ])('a sink may throw anything: %s', (_name, thrown) => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    using a = logged(over, () => {
      throw thrown();
    });
    withBlocks(a, 3, 100, (blocks) => expect(new Set(blocks).size).toBe(3));
    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining(`${a.name} could not log a call: `),
        { type: 'AllomorphWarning', code: 'ALLOMORPH_LOG_FAILED' },
      ],
    ]);
    warn.mockRestore();
  });

  test.each<[string, () => unknown]>([
    ['an asynchronous function', () => Promise.reject(new Error('the sink is gone'))],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    ['a rejection without an error', () => Promise.reject('the sink is gone')],
    [
      'what only looks like a promise',
      () => ({
        then: (_: unknown, reject: (error: Error) => void) => reject(new Error('the sink is gone')),
      }),
    ],
  ])('a sink that fails later is told of once: %s', async (_name, sink) => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    for (const each of [sink, { write: sink }]) {
      using a = logged(over, each);
      withBlocks(a, 3, 100, (blocks) => expect(new Set(blocks).size).toBe(3));
      await new Promise((resolve) => setImmediate(resolve));
      expect(warn.mock.calls).toEqual([
        [
          expect.stringContaining('the sink is gone'),
          { type: 'AllomorphWarning', code: 'ALLOMORPH_LOG_FAILED' },
        ],
      ]);
      warn.mockClear();
    }
    warn.mockRestore();
  });

  test('a file that cannot be opened', () => {
    for (const word of ['stdout', 'calls.log']) {
      expect(() => logged(over, word)).toThrow(
        expect.objectContaining({
          code: 'ERR_ALLOMORPH_INVALID_ARGUMENT',
          message: expect.stringContaining(`in the working directory, './${word}'`) as string,
        }),
      );
      expect(existsSync(word)).toBe(false);
    }
    expect(() => logged(over, '/no/such/folder/file')).toThrow(
      expect.objectContaining({ code: 'ERR_ALLOMORPH_SYSTEM' }),
    );
  });
});
