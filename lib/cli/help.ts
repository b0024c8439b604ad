import { compareHelp } from './compare/help.js';

/** What each command is, as `allomorph --help` shows it below two spaces. */
const commands = {
  run: `run [--allocator SPEC] [--preset balanced|memory|throughput] [--conf STRING]
    [--inherit node|all|none] [--no-verify] -- COMMAND…
      starts COMMAND with the whole process on the allocator (default: jemalloc,
      preset balanced), proven inside the new process before it runs. Children
      that are Node stay on it (--inherit).
      SPEC: a name (jemalloc, system, mimalloc, …), the path of a library that has a
      malloc or the five functions, or BLOCK[:key=value[,…]]:SPEC with the blocks
        checked   level=poison|page-guard, every=N, quarantine=SIZE, frames=N,
                  on-fault=report|abort, exit-status=1-255, report=FILE, leaks=on|off|all
        counted   report=FILE          limited   bytes=SIZE
        failing   after=N | probability=P, seed=N
        logged    file=FILE            bump      chunk=SIZE
      such as counted:./libmy.so or limited:bytes=512m:jemalloc.
      A library of your own is not tried before it is used: allomorph check does that`,
  compare: `compare [OPTIONS] -- COMMAND…
      runs COMMAND on every allocator of this machine, in turns, and says which to
      use, what that saves and costs, and how sure that is: allomorph compare --help`,
  doctor: `doctor [--json] [--pid N]
      what this machine and process run on, what is wrong, what to do; with --pid
      about a running process. Exit status 1 when there is a warning or an error`,
  allocators: `allocators [--json]
      what can be used here, and how`,
  check: `check LIBRARY [--prefix P] [--rule ID]… [--seed N] [--timeout S] [--json]
      tries the allocator contract on a shared library, rule by rule, in processes of
      its own: pass, or fail with the counter-example. Exit status 0 when every rule
      holds, 1 when one is broken, 125 when it could not be tried. A rule may take
      10 s (--timeout)`,
  preload: `preload [NAME]
      prints the path of the library to preload (default: jemalloc), for
      LD_PRELOAD="$(allomorph preload)" in unit files and images`,
  new: `new NAME --language c|c++|rust|typescript
      writes a project for an allocator of your own to ./NAME`,
} as const;

type CommandName = keyof typeof commands;

const exitStatus = `Exit status of run: the command's own; 125 when allomorph itself failed, 126 when the
command cannot be executed, 127 when it is not found.
`;

const paragraphs = Object.values(commands).map((text) => text.replace(/^/gm, '  '));

export const help = `Usage: allomorph COMMAND

${paragraphs.join('\n\n')}

  COMMAND --help
        this about one command

  --version, --help

${exitStatus}The other commands end with 125, too, when they failed or were called wrongly.
`;

/** For `allomorph COMMAND --help`. */
export function helpOf(command: string): string {
  if (command === 'compare') return compareHelp;
  if (!Object.hasOwn(commands, command)) return help;
  const text = `Usage: allomorph ${commands[command as CommandName]}\n`;
  return command === 'run' ? `${text}\n${exitStatus}` : text;
}
