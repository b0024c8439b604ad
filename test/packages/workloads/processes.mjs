/** The processes of this machine, as /proc shows them. */
import { readdirSync, readFileSync } from 'node:fs';

/** Those that the process has started, their children, and those with the text in their environment. */
export function familyOf(pid, marker) {
  const all = processes();
  const family = new Set([pid]);
  let before;
  do {
    before = family.size;
    for (const process of all) {
      if (family.has(process.parent) || process.environment.includes(marker))
        family.add(process.pid);
    }
  } while (family.size > before);
  return all.filter((process) => family.has(process.pid));
}

function processes() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((name) => look(Number(name))).filter((process) => process !== undefined);
}

/** One process; undefined when it has ended meanwhile, or is another user's. */
export function look(pid) {
  const read = (name) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  try {
    // The second field is the name in parentheses, which may hold spaces.
    const parent = Number(read('stat').split(') ').at(-1).split(' ')[1]);
    const words = read('cmdline').split(/[\0 ]/);
    return { pid, parent, words, environment: read('environ'), maps: read('maps') };
  } catch {
    return undefined;
  }
}
