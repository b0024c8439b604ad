import type { FactSource } from './source.js';

/** What /proc says about a process, before anything is concluded from it. */
export interface ProcessView {
  readonly pid: number;
  /** Its folder below /proc. */
  readonly proc: string;
  readonly command: readonly string[];
  readonly executable: string | null;
  readonly folder: string | null;
  readonly status: Readonly<Record<string, string>>;
  readonly auxiliary: ReadonlyMap<number, number>;
  readonly environment: Readonly<Record<string, string>>;
  readonly threads: readonly string[];
}

export function viewProcess(source: FactSource, pid: number): ProcessView {
  const proc = `/proc/${String(pid)}`;
  const list = (file: string) =>
    (source.text(`${proc}/${file}`) ?? '').split('\0').filter((entry) => entry !== '');
  return {
    pid,
    proc,
    command: list('cmdline'),
    executable: source.link(`${proc}/exe`)?.replace(/ \(deleted\)$/, '') ?? null,
    folder: source.link(`${proc}/cwd`) ?? null,
    status: parseStatus(source.text(`${proc}/status`) ?? ''),
    auxiliary: parseAuxiliary(source.bytes(`${proc}/auxv`)),
    environment: parseEnvironment(list('environ')),
    threads: source
      .list(`${proc}/task`)
      .map(({ name }) => (source.text(`${proc}/task/${name}/comm`) ?? '').trim()),
  };
}

/** A figure of the status file, such as VmRSS, in bytes. */
export function statusBytes({ status }: ProcessView, key: string): number | null {
  const kilobytes = /^(\d+) kB$/.exec(status[key] ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

function parseStatus(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => line.split(/:\s*/, 2));
  return Object.fromEntries(
    lines.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Pairs of words that the kernel hands to a new program (getauxval(3)). 64-bit processes only. */
function parseAuxiliary(bytes: Buffer | undefined): Map<number, number> {
  const pairs = new Map<number, number>();
  if (bytes === undefined) return pairs;
  const words = new BigUint64Array(Math.floor(bytes.length / 8)).map((_, index) =>
    bytes.readBigUInt64LE(8 * index),
  );
  for (let index = 0; index + 1 < words.length; index += 2) {
    pairs.set(Number(words[index]), Number(words[index + 1]));
  }
  return pairs;
}

function parseEnvironment(entries: readonly string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const entry of withTunables(entries)) {
    const equals = entry.indexOf('=');
    // Of two entries with one name, getenv finds the first.
    if (equals > 0) variables[entry.slice(0, equals)] ??= entry.slice(equals + 1);
  }
  return variables;
}

/**
 * glibc before 2.39 puts the end of a string behind each tunable that it knows, in the place where the kernel shows the
 * environment from (elf/dl-tunables.c): `GLIBC_TUNABLES=a=1:b=2` looks like the variables `GLIBC_TUNABLES=a=1` and `b=2`
 * then. No variable of a program's own has such a name.
 */
function withTunables(entries: readonly string[]): string[] {
  const joined: string[] = [];
  for (const entry of entries) {
    const last = joined.at(-1);
    if (last?.startsWith('GLIBC_TUNABLES=') === true && /^glibc\.[^=]*=/.test(entry)) {
      joined[joined.length - 1] = `${last}:${entry}`;
    } else {
      joined.push(entry);
    }
  }
  return joined;
}
