import { existsSync, writeSync } from 'node:fs';
import pc from 'picocolors';
import { candidatesFor } from '../compare/candidates/build.js';
import { findCommand } from '../compare/command.js';
import { compare as measure, type Request } from '../compare/compare.js';
import { isStopped } from '../compare/run/phases.js';
import type { Comparison } from '../compare/document/index.js';
import { renderHtml } from '../compare/html/index.js';
import { fewestRuns } from '../compare/statistics/index.js';
import { createProgress, renderReport } from '../compare/terminal/index.js';
import { guardedLibrary } from '../process/guarded-library.js';
import { inheritOf } from '../process/plan.js';
import { requireLinux } from '../process/platform.js';
import { CliError, exitStatus } from './cli-error.js';
import { courseOf } from './compare/course.js';
import { interruption } from './compare/interruption.js';
import { checkOutputs, outputTo, type Output } from './compare/output.js';
import { seconds, wholeNumber } from './compare/numbers.js';
import { parseOptions, splitCommand, type Parsed } from './options.js';

/**
 * `allomorph compare [options] -- COMMAND…`. Exit status 0 when there is an answer, 1 when there is
 * none, 128 and the number of the signal when one interrupted it.
 */
export async function compare(args: string[]): Promise<void> {
  const [ours, words] = splitCommand(args, described);
  const { values } = parseOptions('compare', ours, described);
  if (words.length === 0) {
    throw new CliError(
      'There is no command to compare on. Example: allomorph compare -- node app.js',
    );
  }
  requireLinux();
  if (!existsSync('/proc/self/statm')) {
    throw new CliError(
      'allomorph compare reads the memory of the command in /proc, which is not mounted here. Mount it.',
    );
  }
  if (guardedLibrary() !== undefined) {
    throw new CliError(
      'allomorph compare was started by allomorph run, so that the present state is not what the command ' +
        'runs on without it. Start allomorph compare by itself.',
    );
  }
  checkOutputs(values.json, values.html);
  const outputs = [
    outputTo('--json', values.json, (result) => `${JSON.stringify(result)}\n`),
    outputTo('--html', values.html, renderHtml),
  ];
  const request = requestOf(values, words);
  // Whoever has read the progress or the report until now may go: the files are written all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onStreamError);
  const interrupted = interruption();
  const progress = createProgress(process.stderr);
  // The most common mistake costs ten minutes otherwise.
  const hint = setTimeout(() => {
    progress.clear();
    process.stderr.write(
      'allomorph: still in the first run. A server, which does not end by itself, needs --duration, or --ready and --load.\n',
    );
  }, patience).unref();
  if (isStopped(request.course)) clearTimeout(hint);
  let result: Comparison;
  try {
    result = await measure(
      request,
      (state) => {
        if (state.round > 0) clearTimeout(hint);
        progress.update(state);
      },
      interrupted.signal,
    );
  } finally {
    clearTimeout(hint);
    progress.clear();
    interrupted.end();
  }
  // Where a file goes to stdout, the report may not.
  const stream = outputs.some((output) => output.isStdout) ? process.stderr : process.stdout;
  // A terminal that does not know its size says 0.
  const width = Math.max(40, Math.min((stream.isTTY && stream.columns) || 100, 100));
  stream.write(
    renderReport(result, { width, colours: stream.isTTY ? pc.isColorSupported : false }),
  );
  process.exitCode = interrupted.status() ?? (result.verdict.recommendation === null ? 1 : 0);
  writeAll(outputs, result);
}

function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.exitCode = exitStatus.failed;
  writeSync(2, `allomorph: the output could not be written: ${error.message}\n`);
}

/** Each of them, whatever becomes of the others. */
function writeAll(outputs: readonly Output[], result: Comparison): void {
  for (const output of outputs) {
    try {
      output.write(result);
    } catch (error) {
      process.exitCode = exitStatus.failed;
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`allomorph: ${reason}\n`);
    }
  }
}

const described = {
  with: { type: 'string', multiple: true },
  runs: { type: 'string' },
  json: { type: 'string' },
  html: { type: 'string' },
  ready: { type: 'string' },
  load: { type: 'string' },
  duration: { type: 'string' },
  idle: { type: 'string' },
  timeout: { type: 'string' },
  inherit: { type: 'string' },
  'ignore-failure': { type: 'boolean' },
} as const;

/** Milliseconds of a first run without an end to it before the user is asked whether that is meant. */
const patience = 20_000;

/** Seconds that one run may take, besides what the user has asked it to last. */
const defaultTimeout = 600;

function requestOf(flags: Parsed<typeof described>['values'], words: string[]): Request {
  const course = courseOf(flags);
  const rounds = wholeNumber('--runs', flags.runs, 1000);
  const timeout =
    seconds('--timeout', flags.timeout) ??
    defaultTimeout + (course.duration ?? 0) + (course.idle ?? 0);
  const asked = (course.duration ?? 0) + (course.idle ?? 0);
  if (timeout <= asked) {
    throw new CliError(
      `--timeout is ${String(timeout)} s, and each run is to last ${String(asked)} s at least (--duration, --idle).`,
    );
  }
  const inherit = inheritOf(flags.inherit ?? 'node');
  const command = findCommand(words);
  const { candidates, notes } = candidatesFor(flags.with, command, inherit, process.env);
  if (rounds !== undefined && rounds < fewestRuns) {
    notes.push(
      `--runs ${String(rounds)} shows figures and gives no answer: that takes ${String(fewestRuns)} or more`,
    );
  }
  for (const note of notes) process.stderr.write(`allomorph: ${note}\n`);
  return {
    command,
    candidates,
    course,
    readyText: flags.ready ?? null,
    rounds,
    timeout,
    ignoreFailure: flags['ignore-failure'] === true,
  };
}
