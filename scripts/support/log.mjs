import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** The path of `logs/<name>.log`, without what an earlier build wrote to it. */
export function freshLog(layout, name) {
  mkdirSync(layout.logs, { recursive: true });
  const file = path.join(layout.logs, `${name}.log`);
  rmSync(file, { force: true });
  return file;
}
