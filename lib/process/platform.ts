import { LaunchError } from './failure.js';

/** @throws LaunchError where a whole process cannot be put on another allocator */
export function requireLinux(): void {
  if (process.platform === 'linux') return;
  throw new LaunchError(
    `A whole process can be put on another allocator on Linux only, not on ${process.platform}: ` +
      (process.platform === 'darwin'
        ? 'system integrity protection strips DYLD_INSERT_LIBRARIES, and malloc is a zone there. '
        : 'there is no preload there. ') +
      "Inside the process, import 'allomorph/global/jemalloc' moves what is allocated through this package.",
  );
}
