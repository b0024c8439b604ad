#!/usr/bin/env node
import { parseCommandLine, USAGE } from './support/command-line.mjs';
import { layout } from './support/layout.mjs';
import { BuildFailure, report } from './support/failure.mjs';
import { createProgress } from './support/progress.mjs';
import { stopChildrenOnSignals } from './support/run.mjs';
import { STEPS } from './steps/index.mjs';

stopChildrenOnSignals();

let step = 'command line';
try {
  const request = parseCommandLine(process.argv.slice(2), process.env);
  if (request.help) {
    process.stdout.write(USAGE);
  } else {
    const context = { env: process.env, verbose: request.verbose, layout: layout(request.out) };
    const wanted = STEPS.filter((each) => each.in.includes(request.target));
    for (const [index, each] of wanted.entries()) {
      step = each.name;
      await each.run({ ...context, progress: createProgress(index + 1, wanted.length) });
    }
  }
} catch (error) {
  report(step, error instanceof BuildFailure ? error : BuildFailure.unexpected(error));
  process.exitCode = 1;
}
