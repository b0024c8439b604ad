import path from 'node:path';
import { compilerCommand } from '../support/compiler.mjs';
import { run } from '../support/run.mjs';

/** Variables that would change the result without being part of the build cache's key. */
const IGNORED_VARIABLES = [
  'CFLAGS',
  'CPPFLAGS',
  'CXXFLAGS',
  'LDFLAGS',
  'LIBS',
  'EXTRA_CFLAGS',
  'EXTRA_LDFLAGS',
  'CONFIG_SITE',
  'MAKEFLAGS',
  'MFLAGS',
  'MAKELEVEL',
  'GNUMAKEFLAGS',
  'MAKEFILES',
  'MALLOC_CONF',
  'CPATH',
  'C_INCLUDE_PATH',
];

/** Configures jemalloc in `folder`, an unpacked source this build owns. */
export async function configureFlavour(flavour, { folder, env, log, verbose, signal }) {
  await run('sh', ['./configure', ...flavour.flags], {
    cwd: folder,
    env: {
      ...cleaned(env),
      CC: compilerCommand(env).join(' '),
      // Configure puts -g3 first: ten times larger objects and a longer build. EXTRA_CFLAGS comes
      // last and wins, while CFLAGS would also take away -O3 -funroll-loops.
      EXTRA_CFLAGS: '-g0',
    },
    log,
    verbose,
    signal,
    fix: 'look for the failed check in config.log quoted above; a C compiler and libc headers are needed',
  });
}

/** Compiles and links; `onCompile` is called once per compiled object. */
export async function makeFlavour(flavour, { folder, env, log, verbose, signal, jobs, onCompile }) {
  await run('make', [`-j${jobs}`, flavour.target, ...flavour.variables], {
    cwd: folder,
    env: cleaned(env),
    log,
    verbose,
    signal,
    onLine: (line) => / -c /.test(line) && onCompile?.(),
    fix: 'see the compiler message above; "make" and a C compiler are needed; ALLOMORPH_JEMALLOC=off builds without jemalloc',
  });
  return flavour.artefacts.map((artefact) => path.join(folder, artefact));
}

function cleaned(env) {
  const copy = { ...env, LC_ALL: 'C' };
  for (const name of IGNORED_VARIABLES) delete copy[name];
  return copy;
}
