import type { PreloadProblem } from '../facts/facts.js';
import type { Finding, FindingId, Rule } from './finding.js';

const ownFix = 'Use "allomorph run -- COMMAND…", or the path that "allomorph preload" prints.';

const findings: Record<
  PreloadProblem,
  Pick<Finding, 'title' | 'reason' | 'fix'> & { id: FindingId }
> = {
  missing: {
    id: 'preload-missing',
    title: 'A library to preload does not exist',
    reason:
      'The dynamic linker writes one line to stderr and starts the program on the allocator it had. ' +
      'A path with a space or a colon is taken as several.',
    fix: ownFix,
  },
  'not-a-library': {
    id: 'preload-not-a-library',
    title: 'A file to preload is no shared library',
    reason:
      'Text files (a linker script such as a libjemalloc.so of a -dev package), archives and ' +
      'executables cannot be preloaded.',
    fix: ownFix,
  },
  'wrong-architecture': {
    id: 'preload-wrong-architecture',
    title: 'A library to preload is for another architecture',
    reason: 'The dynamic linker ignores it. Typical of an image that was built on another machine.',
    fix: `Install the library for the program's architecture. ${ownFix}`,
  },
  'wrong-libc': {
    id: 'preload-wrong-libc',
    title: 'A library to preload is for another C library',
    reason: 'A library built for glibc does not load on musl (Alpine), nor the reverse.',
    fix: `Install the package of this distribution (Alpine: apk add jemalloc). ${ownFix}`,
  },
  'newer-glibc': {
    id: 'preload-newer-glibc',
    title: 'A library to preload needs a newer glibc',
    reason: 'It was compiled on a newer distribution; the dynamic linker refuses or ignores it.',
    fix: `Install the package of this distribution, or compile here (npm run build). ${ownFix}`,
  },
  secure: {
    id: 'preload-secure',
    title: 'LD_PRELOAD is ignored: the program has raised privileges',
    reason:
      'For a set-user-ID file, or one with capabilities (setcap), the dynamic linker takes libraries ' +
      'from LD_PRELOAD only if they are set-user-ID themselves and lie in a system folder.',
    fix:
      'Remove the capability from the node file (setcap -r) and grant it otherwise: ' +
      'AmbientCapabilities= in the systemd unit, or a port above 1023.',
  },
  static: {
    id: 'preload-static',
    title: 'LD_PRELOAD has no effect: the program is linked statically',
    reason: 'Nothing reads LD_PRELOAD but the dynamic loader, and this program has none.',
    fix: 'Use a dynamically linked Node (the official builds are).',
  },
  'not-mapped': {
    id: 'preload-not-mapped',
    title: 'A library to preload was not loaded',
    reason:
      'The file looks right, but the process does not have it: it was put there or replaced after ' +
      'the start, or the dynamic linker refused it, which it said on stderr then.',
    fix: `Start the program again and read its first lines (LD_DEBUG=libs shows all). ${ownFix}`,
  },
};

/** Libraries that were to be preloaded and were not: LD_PRELOAD fails open. */
export const preload: Rule = (facts) =>
  facts.preload.flatMap(({ problem, entry, from, detail }) =>
    problem === null
      ? []
      : [{ ...findings[problem], severity: 'error', evidence: `${from} has ${entry}: ${detail}` }],
  );
