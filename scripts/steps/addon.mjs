import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { builtJemalloc } from '../jemalloc/built.mjs';
import { freshLog } from '../support/log.mjs';
import { BuildFailure } from '../support/failure.mjs';
import { parallelism } from '../support/platform.mjs';
import { elapsed } from '../support/progress.mjs';
import { run } from '../support/run.mjs';

const CONFIGURE_FIX =
  'node-gyp needs Python 3, make and a C++20 compiler; without headers beside the Node executable it ' +
  'downloads them (npm_config_nodedir names a folder that has them)';

/** Step 2: the native targets of binding.gyp in build/Release, incrementally. */
export async function addonStep({ env, verbose, layout, progress }) {
  const nodeGyp = path.join(layout.root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  if (!existsSync(nodeGyp)) {
    throw new BuildFailure(`${nodeGyp} does not exist`, {
      fix: `install the dependencies first: cd ${layout.root} && npm ci --ignore-scripts`,
    });
  }
  const jemalloc = builtJemalloc(env, layout) === undefined ? 'off' : 'on';
  const log = freshLog(layout, 'addon');
  const headers = nodeHeaders(env);
  const nodedir = headers === undefined ? [] : [`--nodedir=${headers}`];
  const gyp = (args, fix) =>
    run(process.execPath, [nodeGyp, ...args], { cwd: layout.root, env, log, verbose, fix });

  const start = performance.now();
  progress.say(`addon: configure (jemalloc ${jemalloc}) ...`);
  // Always: the only way a changed jemalloc setting or a changed source list reaches the makefiles.
  await gyp(['configure', ...nodedir, '--', `-Dallomorph_jemalloc=${jemalloc}`], CONFIGURE_FIX);
  progress.say('addon: compile and link ...');
  await gyp(
    ['build', '-j', String(parallelism()), ...nodedir],
    'see the compiler message above; V=1 shows each command',
  );
  progress.say(`addon: built in ${elapsed(start)}`);
}

/** Headers beside the executable, if any: nothing is downloaded and they match this Node exactly. */
function nodeHeaders(env) {
  const named = env.npm_config_nodedir || env.NODEDIR;
  if (named) return path.resolve(named);
  const prefix = path.dirname(path.dirname(realpathSync(process.execPath)));
  return existsSync(path.join(prefix, 'include', 'node', 'node_api.h')) ? prefix : undefined;
}
