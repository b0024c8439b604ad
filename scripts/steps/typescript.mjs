import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { freshLog } from '../support/log.mjs';
import { BuildFailure } from '../support/failure.mjs';
import { elapsed } from '../support/progress.mjs';
import { run } from '../support/run.mjs';

/**
 * What runs between a user's command and his program, each in one file: loading twenty small modules
 * takes longer than all they do (npm run bench -- startup).
 */
const launchers = ['cli/run.js', 'process/start-again.js', 'process/re-execute.js'];

async function bundleLauncher({ env, verbose, layout }) {
  const bundler = path.join(layout.root, 'node_modules', 'esbuild', 'bin', 'esbuild');
  for (const launcher of launchers) {
    const file = path.join('dist', launcher);
    const options = ['--bundle', '--platform=node', '--target=node20', '--sourcemap'];
    // Loaded on demand, so not part of the bundle of the second start.
    const external = '--external:./start-again.js';
    const output = ['--allow-overwrite', `--outfile=${file}`, '--log-level=warning'];
    await run(process.execPath, [bundler, file, ...options, external, ...output], {
      cwd: layout.root,
      env,
      log: freshLog(layout, 'bundle'),
      verbose,
      fix: 'see its message above',
    });
  }
}

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
  progress.say('ts: bundle the launcher ...');
  await bundleLauncher({ env, verbose, layout });
  // tsc does not carry the mode over, and `node_modules/.bin` links straight to this file.
  const cli = path.join(layout.root, 'dist', 'cli', 'main.js');
  if (existsSync(cli)) chmodSync(cli, 0o755);
  progress.say(`ts: compiled in ${elapsed(start)}`);
}
