import { existsSync } from 'node:fs';
import { diagnose } from '../doctor/diagnose.js';
import { report } from '../doctor/report.js';
import { CliError } from './cli-error.js';
import { parseOptions } from './options.js';

/** `allomorph doctor [--json] [--pid N]`. Exit status 1 when there is something to do. */
export function doctor(args: string[]): void {
  const { values } = parseOptions('doctor', args, {
    json: { type: 'boolean' },
    pid: { type: 'string' },
  });
  const diagnosis = diagnose(values.pid === undefined ? undefined : processId(values.pid));
  const { facts, findings } = diagnosis;
  process.stdout.write(
    values.json === true ? `${JSON.stringify(diagnosis, null, 2)}\n` : report(facts, findings),
  );
  process.exitCode = findings.some(({ severity }) => severity !== 'info') ? 1 : 0;
}

function processId(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new CliError(`--pid is "${text}". It takes the number of a process, as ps shows it.`);
  }
  if (process.platform !== 'linux') {
    throw new CliError(`--pid reads /proc, which ${process.platform} does not have.`);
  }
  if (!existsSync(`/proc/${text}`)) {
    throw new CliError(`--pid is ${text}, and there is no such process. Find it with ps or pgrep.`);
  }
  return Number(text);
}
