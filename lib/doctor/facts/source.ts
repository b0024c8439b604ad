import {
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  type Dirent,
} from 'node:fs';
import path from 'node:path';

/** Larger files are not read: an addon of this size would be a model or a disk image. */
const largestFile = 512 * 2 ** 20;

/**
 * Where facts are read from: the machine, or a folder that stands for its root. A folder is what a
 * container's process sees (/proc/N/root), and how tests simulate a kernel.
 */
export class FactSource {
  /** Files that exist and must not be read by us. */
  readonly denied: Set<string>;

  constructor(
    readonly root = '/',
    denied = new Set<string>(),
  ) {
    this.denied = denied;
  }

  /** The same machine, as a process with another root sees it. */
  within(folder: string): FactSource {
    return new FactSource(path.join(this.root, folder), this.denied);
  }

  /** Undefined when there is no such file; or it must not be read, which `denied` tells. */
  bytes(file: string): Buffer | undefined {
    return this.attempt(file, (real) => {
      const stat = lstatSync(real);
      // Files of /proc have size 0; a pipe or a device would block.
      return stat.isFile() && stat.size <= largestFile ? readFileSync(real) : undefined;
    });
  }

  text(file: string): string | undefined {
    return this.bytes(file)?.toString('utf8');
  }

  /** The target of a symbolic link, as it is written. */
  link(file: string): string | undefined {
    return this.attempt(file, () => readlinkSync(path.join(this.root, file)));
  }

  list(folder: string): Dirent[] {
    return this.attempt(folder, (real) => readdirSync(real, { withFileTypes: true })) ?? [];
  }

  exists(file: string): boolean {
    return existsSync(path.join(this.root, this.real(file)));
  }

  /**
   * The path with all symbolic links resolved within this root. The kernel would resolve an
   * absolute link in a container's file system against our own root.
   */
  real(file: string): string {
    let done = '/';
    const rest = path.posix.normalize(file).split('/').filter(Boolean);
    for (let links = 0; rest.length > 0;) {
      const next = path.posix.join(done, rest.shift() ?? '');
      const target = isMagic(next) || links > 40 ? undefined : linkTarget(this.root, next);
      if (target === undefined) {
        done = next;
        continue;
      }
      links++;
      const parts = target.split('/').filter(Boolean);
      rest.unshift(...parts);
      if (target.startsWith('/')) done = '/';
    }
    return done;
  }

  private attempt<Result>(
    file: string,
    read: (real: string) => Result | undefined,
  ): Result | undefined {
    try {
      return read(path.join(this.root, this.real(file)));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EACCES' || code === 'EPERM') this.denied.add(file);
      return undefined;
    }
  }
}

/** The links in /proc/N lead where their text does not: /proc/N/root is no path of ours. */
function isMagic(file: string): boolean {
  return /^\/proc\/[^/]+\/(?:root|cwd|exe)$/.test(file);
}

function linkTarget(root: string, file: string): string | undefined {
  try {
    return readlinkSync(path.join(root, file));
  } catch {
    return undefined; // not a link, or nothing there
  }
}
