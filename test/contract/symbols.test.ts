import path from 'node:path';
import { jemalloc } from 'allomorph';
import { nodeTypeScript } from '../support/child.js';
import { addonFile } from '../support/binaries.js';
import { contractCases } from './cases.js';

interface Report {
  effective: string;
  counted: number;
  results: { name: string; error: string | null }[];
}

const backends = jemalloc.available ? ['system', 'jemalloc'] : ['system'];

describe.each(backends)('%s, the exported C symbols called through koffi', (backend) => {
  let report: Report;

  beforeAll(() => {
    const child = nodeTypeScript(path.join(__dirname, 'symbols-child.ts'), {
      args: [addonFile],
      env: { ALLOMORPH_ALLOCATOR: backend },
    });
    if (child.status !== 0) throw new Error(`child failed: ${child.stderr}`);
    report = JSON.parse(child.stdout) as Report;
  });

  test('they serve the global backend that the package reports', () => {
    expect(report.effective).toBe(backend);
    expect(report.counted).toBe(1);
    expect(report.results).toHaveLength(contractCases.length);
  });

  test.each(contractCases)('$name', ({ name }) => {
    expect(report.results.find((result) => result.name === name)).toEqual({ name, error: null });
  });
});
