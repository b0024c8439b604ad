import { parseArgs } from 'node:util';
import { BuildFailure } from './failure.mjs';

const TARGETS = ['all', 'jemalloc', 'addon', 'ts'];

export const USAGE = `usage: node scripts/build.mjs [${TARGETS.join('|')}] [--verbose] [--out DIR]

  --verbose   stream the output of configure, make, node-gyp and tsc (also: V=1)
  --out DIR   put jemalloc's artefacts and logs into DIR instead of out/; only with "jemalloc"

environment: ALLOMORPH_JEMALLOC, ALLOMORPH_JEMALLOC_SOURCE, ALLOMORPH_CACHE (see scripts/README.md)
`;

export function parseCommandLine(args, env) {
  const { values, positionals } = parse(args);
  const target = positionals[0] ?? 'all';
  if (!TARGETS.includes(target) || positionals.length > 1) {
    throw new BuildFailure(`"${positionals.join(' ')}" is not something to build`, {
      fix: `give one of ${TARGETS.join(', ')}`,
    });
  }
  // binding.gyp reads out/ at a fixed place, so the addon never sees another folder.
  if (values.out !== undefined && target !== 'jemalloc') {
    throw new BuildFailure(
      `--out ${values.out} goes only with the target "jemalloc", not with "${target}"`,
      {
        fix: 'leave --out away, or run: node scripts/build.mjs jemalloc --out DIR',
      },
    );
  }
  const verbose = Boolean(values.verbose) || isOn(env.V);
  return { target, help: Boolean(values.help), verbose, out: values.out };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        verbose: { type: 'boolean' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new BuildFailure(error.message, { fix: `see: node scripts/build.mjs --help` });
  }
}

function isOn(value) {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
