import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Comparison } from '../../../lib/compare/document/index.js';
import { childEnvironment } from '../../harness/child-environment.js';
import { BenchFailure } from '../../harness/failure.js';
import { commandLine, root } from '../../harness/layout.js';
import type { Program } from './programs.js';

/** The command as its users run it: what it wrote for people, and the document. */
export async function runCompare(
  program: Program,
  options: readonly string[],
): Promise<{ report: string; result: Comparison }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-bench-'));
  const file = path.join(folder, 'result.json');
  try {
    const args = [...options, ...program.options, '--json', file, '--', ...program.command];
    const child = spawn(process.execPath, [commandLine, 'compare', ...args], {
      cwd: root,
      env: childEnvironment(program.env),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let report = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (report += text));
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new BenchFailure(`compare on ${program.name} ended with ${status}.`);
    return { report, result: JSON.parse(readFileSync(file, 'utf8')) as Comparison };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
