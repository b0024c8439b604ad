import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { node, root } from '../support/child.js';

// A program that may be executed and not read. Only root can become somebody who may not.

const asRoot = process.getuid?.() === 0 ? test : test.skip;
const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-unreadable-'));
chmodSync(folder, 0o755);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the launcher says of it to a user who may execute it only; empty: nothing. */
function judged(mode: number, owner: number): string {
  const program = path.join(folder, `program-${mode.toString(8)}`);
  copyFileSync('/bin/true', program);
  chownSync(program, owner, owner);
  chmodSync(program, mode);
  const source = `
    const { checkCommand } = require(${JSON.stringify(path.join(root, 'dist/process/check-command.js'))});
    process.seteuid(65534);
    try { require('node:fs').closeSync(require('node:fs').openSync(${JSON.stringify(program)})); console.log('readable'); } catch {}
    try { checkCommand(${JSON.stringify(program)}); } catch (error) { console.log(error.message); }`;
  const { status, stdout, stderr } = node(source);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

asRoot('is left to the kernel', () => {
  expect(judged(0o111, 0)).toBe('');
});

asRoot('is refused where LD_PRELOAD would be ignored in silence', () => {
  expect(judged(0o4111, 65_533)).toMatch(/is setuid, setgid or has file capabilities/);
});
