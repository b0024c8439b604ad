import { readdirSync, readFileSync } from 'node:fs';

/**
 * All living descendants of a process, itself not included. Reads the lists of children that the
 * kernel keeps for each thread (proc_pid_task(5)); a kernel without them is read process by process.
 */
export function descendants(pid: number): number[] {
  return childrenAreListed() ? listed(pid) : searched(pid);
}

let known: boolean | undefined;

/** CONFIG_PROC_CHILDREN. */
function childrenAreListed(): boolean {
  known ??= read(`/proc/${String(process.pid)}/task/${String(process.pid)}/children`) !== undefined;
  return known;
}

function listed(pid: number): number[] {
  const children = threads(pid).flatMap((thread) =>
    numbers(read(`/proc/${String(pid)}/task/${thread}/children`) ?? ''),
  );
  return children.flatMap((child) => [child, ...listed(child)]);
}

function threads(pid: number): string[] {
  return entries(`/proc/${String(pid)}/task`);
}

function searched(pid: number): number[] {
  const parents = new Map(entries('/proc').filter(isNumber).map(parentOf));
  const found = new Set([pid]);
  // Parents may have higher numbers than their children, once the numbers have gone round.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

const isNumber = (text: string) => /^\d+$/.test(text);

/** proc_pid_stat(5): "pid (name) state ppid"; the name may hold anything. */
function parentOf(pid: string): [child: number, parent: number] {
  const stat = read(`/proc/${pid}/stat`) ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [Number(pid), Number(fields[1] ?? 0)];
}

function numbers(text: string): number[] {
  return text.split(' ').filter(isNumber).map(Number);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it has ended meanwhile
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined; // it has ended meanwhile
  }
}
