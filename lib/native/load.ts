import { AllomorphError } from '../errors/error.js';
import type { NativeAddon } from './addon.js';
import { binary } from './binaries.js';

/**
 * The addon that serves this process: this package's own, or that of another copy of the same
 * version that was loaded earlier, so that both share one registry and one jemalloc.
 */
export const addon: NativeAddon = load();

function load(): NativeAddon {
  const own = requireAddon(ownPath());
  const leader = own.leader();
  if (leader.isThisOne) return own;
  if (leader.version !== own.version) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_VERSION_CONFLICT',
      `allomorph ${own.version} cannot share this process with allomorph ${leader.version}, ` +
        `loaded before from ${leader.path}: one process has one global allocator. ` +
        'Make both dependants use one version (npm dedupe; npm ls allomorph shows who brings which).',
      { version: own.version, loadedVersion: leader.version, loadedPath: leader.path },
    );
  }
  return requireAddon(leader.path);
}

function ownPath(): string {
  const file = binary('allomorph.node');
  if (file !== undefined) return file;
  throw new AllomorphError(
    'ERR_ALLOMORPH_ADDON',
    `There is no compiled addon for ${process.platform} ${process.arch}. ` +
      'Compile it in a checkout of the repository: npm install (needs python3, make and g++), then npm pack.',
    { platform: process.platform, arch: process.arch },
  );
}

function requireAddon(file: string): NativeAddon {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a .node file has no other door
    return require(file) as NativeAddon;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw new AllomorphError(
      'ERR_ALLOMORPH_ADDON',
      `The addon ${file} cannot be loaded: ${reason}. ${fixFor(error)}`,
      { path: file },
      { cause: error },
    );
  }
}

function fixFor(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_DLOPEN_DISABLED') {
    return 'Native addons are switched off: start Node without --no-addons, and with --allow-addons under --permission.';
  }
  if (code === 'ERR_ACCESS_DENIED') {
    return "Under --permission, allow reading this package's folder: --allow-fs-read=….";
  }
  return 'If Node or the C library changed since it was compiled, compile it again: npm run build.';
}
