import { noPlace } from '../allocators/no-place.js';
import { AllomorphError } from '../errors/error.js';
import type { LoadedLibrary } from '../native/addon.js';

/** The error for a library that passed the inspection and that the dynamic linker, or we, would not take. */
export function notLoaded(file: string, { status, detail }: LoadedLibrary): AllomorphError {
  if (status === 'no-place') return noPlace(file);
  const reason =
    status === 'missing-symbol'
      ? `the dynamic linker does not find ${detail} in it. Compile it with -fPIC and link it with -shared`
      : detail;
  const advice = explain(file, detail);
  return new AllomorphError(
    'ERR_ALLOMORPH_LIBRARY',
    `${file} cannot be loaded: ${reason}.${advice === undefined ? '' : ` ${advice}`}`,
    { path: file, reason: detail },
  );
}

/** What to do about a message of the dynamic linker (glibc's and musl's words). */
export function explain(file: string, message: string): string | undefined {
  const dependency = missingFile(message);
  for (const [pattern, advice] of known) {
    if (pattern.test(message)) return advice(file);
  }
  if (dependency === undefined || dependency === file) return undefined;
  return (
    `It needs ${dependency}, which is not in any folder of libraries: install it, link with -Wl,-rpath,FOLDER, ` +
    'or start Node with LD_LIBRARY_PATH=FOLDER.'
  );
}

function missingFile(message: string): string | undefined {
  const match =
    /(?:^|: )([^\s:]+): cannot open shared object file/.exec(message) ??
    /Error loading shared library ([^\s:]+):/.exec(message);
  return match?.[1];
}

const known: readonly (readonly [RegExp, (file: string) => string])[] = [
  [
    /static TLS block|initial-exec TLS/i,
    (file) =>
      'Its thread-local variables use the initial-exec model, for which a running process has next to no room. ' +
      'Compile it with -ftls-model=global-dynamic (jemalloc: --disable-initial-exec-tls); or start Node with ' +
      'GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192; or put the whole process on it: ' +
      `allomorph run --allocator ${file} -- node ….`,
  ],
  [
    /undefined symbol|symbol not found/i,
    () =>
      'Neither it nor a library it was linked with defines that symbol: link it with the one that does (-l…), ' +
      'and look at what is undefined with -Wl,--no-undefined.',
  ],
  [
    /version [`'][^']+' not found/,
    () => 'It was linked on a system with newer libraries than this one: build it here.',
  ],
  [
    /failed to map segment|Operation not permitted/,
    () => 'Its file system may be mounted noexec: move the library to another one.',
  ],
  [
    /position-independent executable|cannot dynamically load executable/,
    () => 'It is a program: link the allocator with -shared.',
  ],
];
