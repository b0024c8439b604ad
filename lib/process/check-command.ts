import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { addon } from '../native/load.js';
import { ownHeader } from './check-library.js';
import { readElfHeader, type ElfHeader } from '../elf/header.js';
import { LaunchError } from './failure.js';

/**
 * Refuses a program on which LD_PRELOAD would be ignored in silence: nothing of ours would run in
 * it, so nothing could notice.
 */
export function checkCommand(file: string): void {
  const program = programOf(file);
  if (program === undefined) return; // execve will say what is wrong with it
  const elf = headerOf(program);
  if (elf === null) return;
  const own = ownHeader();
  if (isPrivileged(program)) {
    throw new LaunchError(
      `${program} is setuid, setgid or has file capabilities: the dynamic linker ignores LD_PRELOAD there. ` +
        'Start it without them, or start it without allomorph.',
    );
  }
  if (elf === undefined) return;
  if (elf.bits !== own.bits || elf.machine !== own.machine) {
    throw new LaunchError(
      `${program} is a program for another architecture (ELF machine ${String(elf.machine)}) than this Node ` +
        `(${process.arch}): our libraries cannot be preloaded into it.`,
    );
  }
  if (!elf.complete) {
    throw new LaunchError(`${program} is truncated or damaged: its segments reach beyond its end.`);
  }
  if (elf.interpreter === null) {
    throw new LaunchError(
      `${program} is statically linked: it has no dynamic linker that could preload anything.`,
    );
  }
  if (isMusl(elf.interpreter) !== isMusl(own.interpreter ?? '')) {
    throw new LaunchError(
      `${program} is linked with another C library (${elf.interpreter}) than this Node ` +
        `(${own.interpreter ?? 'none'}): our libraries cannot be preloaded into it.`,
    );
  }
}

/** Undefined: executable and not readable, which is possible. What it is, the kernel will say, or the guard's proof. */
function headerOf(program: string): ElfHeader | null | undefined {
  try {
    return readElfHeader(program);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}

const isMusl = (interpreter: string) => interpreter.includes('ld-musl');

/** The program that the kernel will load: the file itself, or the interpreter of a script. */
function programOf(file: string, depth = 0): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true || depth > 4) return undefined;
  const interpreter = shebang(file);
  return interpreter === undefined ? realpathSync(file) : programOf(interpreter, depth + 1);
}

function shebang(file: string): string | undefined {
  const buffer = Buffer.alloc(256); // BINPRM_BUF_SIZE of the kernel
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return undefined; // executable and not readable: possible, and then it is no script
  }
  try {
    const text = buffer.toString('latin1', 0, readSync(fd, buffer));
    return /^#![ \t]*([^ \t\r\n]+)/.exec(text)?.[1];
  } finally {
    closeSync(fd);
  }
}

/** What sets AT_SECURE: an identity that differs from the caller's, or capabilities (ld.so(8)). */
function isPrivileged(program: string): boolean {
  const { mode, uid, gid } = statSync(program);
  const setuid = (mode & 0o4000) !== 0 && uid !== process.getuid?.();
  const setgid = (mode & 0o2010) === 0o2010 && gid !== process.getgid?.();
  const capable =
    process.getuid?.() !== 0 && addon.hasFileAttribute(program, 'security.capability');
  return setuid || setgid || capable;
}
