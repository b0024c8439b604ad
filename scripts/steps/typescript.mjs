import { chmodSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
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

function bundleLauncher({ layout }) {
  // Through its API: what lies in node_modules/esbuild/bin is a script or a program, depending on
  // whether npm ran its install script.
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  for (const launcher of launchers) {
    const file = path.join(layout.root, 'dist', launcher);
    try {
      buildSync({
        entryPoints: [file],
        outfile: file,
        allowOverwrite: true,
        bundle: true,
        platform: 'node',
        target: 'node20',
        sourcemap: true,
        logLevel: 'silent',
        // Loaded on demand, so not part of the bundle of the second start.
        external: ['./start-again.js'],
      });
    } catch (error) {
      throw new BuildFailure(`bundling ${file} failed: ${error.message}`, {
        fix: 'correct the error above; if esbuild itself is missing, npm ci',
      });
    }
  }
}

/** Step 4: lib/ compiled to dist/. */
export async function typescriptStep({ env, verbose, layout, progress }) {
  const compiler = path.join(layout.root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    throw new BuildFailure(`${compiler} does not exist`, {
      fix: `install the dependencies first: cd ${layout.root} && npm ci --ignore-scripts`,
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
  bundleLauncher({ layout });
  // tsc does not carry the mode over, and `node_modules/.bin` links straight to this file.
  const cli = path.join(layout.root, 'dist', 'cli', 'main.js');
  if (existsSync(cli)) chmodSync(cli, 0o755);
  progress.say(`ts: compiled in ${elapsed(start)}`);
}
