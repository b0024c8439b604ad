import path from 'node:path';
import type { BinaryFacts, Facts } from '../facts/facts.js';
import type { Finding, Rule } from './finding.js';

/** Addons and libraries, not the malloc in use, nor a preloaded one, which have their own rules. */
function others({ binaries, malloc, preload }: Facts): BinaryFacts[] {
  return binaries.filter(
    (binary) =>
      binary.path !== malloc.library &&
      // This package's own jemalloc is no surprise to its user.
      !/^(?:allomorph\.node|liballomorph-.*)$/.test(path.posix.basename(binary.path)) &&
      !preload.some(({ file }) => file === binary.path),
  );
}

/** Its memory does not follow the malloc of the process. One finding for all of a kind. */
export const embeddedAllocator: Rule = (facts) => {
  const kinds = new Map<string, BinaryFacts[]>();
  for (const binary of others(facts)) {
    if (binary.embedded.length === 0 || binary.exportsMalloc) continue;
    const kind = [names(binary), ...binary.confVariables].join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), binary]);
  }
  return [...kinds.values()].map((binaries) => embedded(binaries));
};

function embedded(binaries: readonly BinaryFacts[]): Finding {
  const [first] = binaries as readonly [BinaryFacts];
  const { confVariables } = first;
  const one = binaries.length === 1;
  return {
    id: 'embedded-allocator',
    severity: 'info',
    // Several findings of this kind are told apart by the allocator.
    title: one
      ? `${path.posix.basename(first.path)} has a ${names(first)} of its own`
      : `${String(binaries.length)} addons have a ${names(first)} of their own`,
    reason: `What is allocated with ${one ? 'it' : 'them'} is not moved by allomorph run or LD_PRELOAD.`,
    fix:
      confVariables.length > 0
        ? `Configure it with ${confVariables.join(', ')}.`
        : `Nothing, unless the memory that grows is ${one ? 'its' : 'theirs'}.`,
    evidence: binaries
      .map(({ path: file, embedded: [found] }) => `${file} ${found?.evidence ?? ''}`)
      .join('; '),
  };
}

/** Libraries that offer a malloc and were not meant to be the process's: one finding for all. */
export const secondMalloc: Rule = (facts) => {
  const found = others(facts).filter(
    ({ exportsMalloc, path: file }) => exportsMalloc && !isCLibrary(file),
  );
  if (found.length === 0) return [];
  const files = [...new Set(found.map(({ path: file }) => path.posix.basename(file)))];
  const one = files.length === 1;
  return [
    {
      id: 'second-malloc',
      severity: 'warning',
      title: one
        ? `${files.join()} exports a second malloc`
        : `${String(files.length)} libraries export a malloc of their own: ${files.join(', ')}`,
      reason:
        'Loaded into a running process (dlopen), it is used by some libraries and not by others; a ' +
        'block freed by the wrong one ends the program. jemalloc also fails to load so: "cannot ' +
        'allocate memory in static TLS block".',
      fix: `Preload ${one ? 'it' : 'one of them'} instead (allomorph run --allocator), or have ${one ? 'it' : 'them'} built with hidden symbols.`,
      evidence: `${found
        .map(
          ({ path: file, symbolic }) =>
            `${file} defines malloc${symbolic ? ' and is linked with -Bsymbolic' : ''}`,
        )
        .join('; ')}; the process uses that of ${facts.malloc.library ?? 'an unknown place'}`,
    },
  ];
};

/** Known by name, or seen in its relocations. One finding for all copies of a file: Prisma's engine has two. */
export const deepbind: Rule = (facts) => {
  const preloaded =
    facts.malloc.source === 'preload' || facts.preload.some(({ isMalloc }) => isMalloc);
  const named = others(facts).filter((binary) => binary.deepbind !== null);
  const files = new Set(named.map(({ path: file }) => path.posix.basename(file)));
  return [...files].map((name) => ({
    id: 'deepbind-library',
    severity: preloaded ? 'warning' : 'info',
    title: `${name} is loaded with RTLD_DEEPBIND`,
    reason:
      "Such a library calls the C library's malloc and free even where another is preloaded; when " +
      'it frees what the C library allocated for it, the program ends with "free(): invalid pointer".',
    fix: deepbindFix(name),
    evidence: named
      .filter(({ path: file }) => path.posix.basename(file) === name)
      .map(({ path: file, deepbind: by }) => `${file}: loaded so by ${by ?? ''}`)
      .join('; '),
  }));
};

/** Proven: its calls of malloc go elsewhere than those of the process. */
export const bypassed: Rule = (facts) =>
  others(facts)
    .filter(({ boundTo }) => boundTo !== null && isCLibrary(boundTo))
    .filter(() => facts.malloc.source === 'preload')
    .map(({ path: file, boundTo }): Finding => ({
      id: 'allocator-bypassed',
      severity: 'warning',
      title: `${path.posix.basename(file)} does not use the preloaded malloc`,
      reason:
        'It was loaded with RTLD_DEEPBIND, so that its malloc and free are those of the C library. ' +
        'Blocks that cross its border are freed by the wrong allocator.',
      fix: deepbindFix(file),
      evidence: `malloc of ${file} goes to ${boundTo ?? ''}, that of the process is ${facts.malloc.library ?? 'unknown'}`,
    }));

function deepbindFix(file: string): string {
  const name = path.posix.basename(file);
  if (name.startsWith('libquery_engine')) {
    return 'Use a Prisma engine that is no library: engineType = "client" in the schema (6.16 and later).';
  }
  if (name.startsWith('libtbbbind'))
    return 'Set TBB_ENABLE_SANITIZERS=1: oneTBB then leaves the flag out.';
  return 'Load it without the flag, or preload it after the allocator (LD_PRELOAD=allocator:library).';
}

function isCLibrary(file: string): boolean {
  return /^(?:libc\.so|libc-[\d.]+\.so|ld-|libc\.musl-)/.test(path.posix.basename(file));
}

function names({ embedded }: BinaryFacts): string {
  return embedded.map(({ name }) => name).join(' and ');
}
