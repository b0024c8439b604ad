import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { freshLog } from '../support/log.mjs';
import { BuildFailure } from '../support/failure.mjs';
import { elapsed } from '../support/progress.mjs';
import { run } from '../support/run.mjs';

/** Step 4: lib/ compiled to dist/. */
export async function typescriptStep({ env, verbose, layout, progress }) {
  const compiler = path.join(layout.root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    throw new BuildFailure(`${compiler} does not exist`, {
      fix: 'install the dependencies first: npm ci --ignore-scripts',
    });
  }
  const start = performance.now();
  progress.say('ts: compile ...');
  await run(process.execPath, [compiler, '-p', 'tsconfig.json'], {
    cwd: layout.root,
    env,
    log: freshLog(layout, 'ts'),
    verbose,
    fix: 'correct the type errors above',
  });
  // tsc does not carry the mode over, and `node_modules/.bin` links straight to this file.
  const cli = path.join(layout.root, 'dist', 'cli', 'main.js');
  if (existsSync(cli)) chmodSync(cli, 0o755);
  progress.say(`ts: compiled in ${elapsed(start)}`);
}
