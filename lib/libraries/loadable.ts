import { addon } from '../native/load.js';
import { inspectLibrary } from './inspect.js';

/**
 * Bytes: what glibc keeps free in the static TLS of each thread for libraries that are loaded later.
 * glibc manual, "Dynamic Linking Tunables": glibc.rtld.optional_static_tls.
 */
const usualRoom = 512;

/**
 * Whether `loadAllocator` can take a library, as far as its file tells: it exports a whole interface, and its
 * thread-local variables have room in a process that runs already. What it does then is for the
 * verification to find.
 */
export function isLoadable(file: string): boolean {
  try {
    return inspectLibrary(file).staticTls <= roomForStaticTls();
  } catch {
    return false;
  }
}

function roomForStaticTls(): number {
  // musl refuses them in every library that the program was not started with.
  if (addon.libc().name === 'musl') return 0;
  const tunable = /(?:^|:)glibc\.rtld\.optional_static_tls=(\w+)/.exec(
    process.env['GLIBC_TUNABLES'] ?? '',
  );
  const room = Number(tunable?.[1] ?? usualRoom);
  return Number.isNaN(room) ? usualRoom : room;
}
