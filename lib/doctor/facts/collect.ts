import type { Binary } from './binary.js';
import { scanAddons, type Scan } from './addons.js';
import { boundMallocs } from './bound-malloc.js';
import { cgroup } from './cgroup.js';
import { deepbindUser } from './deepbind.js';
import { allocatorVariables, unreadVariables } from './environment.js';
import type { BinaryFacts, Facts, MallocFacts, ProcessFacts } from './facts.js';
import { libcOf } from './libc.js';
import { hugePages, preloadLibrary } from './machine.js';
import { mallocOf, withConfiguration } from './malloc.js';
import { managerOf } from './manager.js';
import { mappedBinaries, readMaps } from './mapped.js';
import { ownMalloc } from './own-malloc.js';
import { preloadEntries } from './preload.js';
import { statusBytes, viewProcess, type ProcessView } from './process.js';
import { FactSource } from './source.js';
import { machineName } from '../../elf/machine.js';

/** What getauxval(3) calls them. */
const AT_PAGESZ = 6;
const AT_SECURE = 23;

/**
 * Facts about a process: this one, which stands for whatever would be started in its place, or
 * another one through /proc.
 */
export function collectFacts(pid?: number, machine = new FactSource()): Facts {
  const self = pid === undefined;
  const view = self ? ownView(machine) : viewProcess(machine, pid);
  // A container's process has files of its own.
  const files = self ? machine : machine.within(`${view.proc}/root`);
  const maps = readMaps(machine, view);
  const mapped = mappedBinaries(files, maps ?? []);
  const program = mapped.find(({ path }) => path === view.executable);
  const facts = processFacts(view, self, program, mapped);
  const preload = preloadEntries({ source: files, view, facts, program, maps });
  const asked = self ? ownMalloc() : undefined;
  const derived = mallocOf(facts, preload, mapped);
  const systemConf = files.link('/etc/malloc.conf');
  const malloc =
    asked === undefined || 'error' in asked
      ? withConfiguration(derived, view.environment, systemConf, view.threads)
      : {
          ...asked,
          // As the maps show it: the dynamic linker reports the path that it was given.
          library: asked.library === null ? null : files.real(asked.library),
          confVariable: derived.confVariable,
        };
  const scan = scanAddons(files, view.folder);
  const bound = boundMallocs(machine, view, maps ?? [], mapped);
  const binaries = binaryFacts(mapped, scan, bound, malloc);
  return {
    machine: {
      platform: process.platform,
      arch: program === undefined ? process.arch : machineName(program.elf.machine),
      pageSize: view.auxiliary.get(AT_PAGESZ) ?? null,
      hugePages: hugePages(machine),
      preloadLibrary: preloadLibrary(),
    },
    process: facts,
    malloc,
    memory: {
      resident: statusBytes(view, 'VmRSS'),
      swapped: statusBytes(view, 'VmSwap'),
      cgroup: cgroup(machine, view.proc),
    },
    environment: allocatorVariables(view.environment),
    unreadVariables: unread(view, malloc, binaries),
    preload,
    binaries,
    scan: scan.facts,
    denied: [...machine.denied],
    addonError: asked !== undefined && 'error' in asked ? asked.error : null,
  };
}

/** Without /proc, what Node itself knows. */
function ownView(machine: FactSource): ProcessView {
  const view = viewProcess(machine, process.pid);
  if (view.executable !== null) return view;
  const environment = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    ...view,
    command: process.argv,
    executable: process.execPath,
    folder: process.cwd(),
    environment: Object.fromEntries(environment),
  };
}

function processFacts(
  view: ProcessView,
  self: boolean,
  program: Binary | undefined,
  mapped: readonly Binary[],
): ProcessFacts {
  const secure = view.auxiliary.get(AT_SECURE);
  return {
    pid: view.pid,
    self,
    command: view.command,
    executable: view.executable,
    folder: view.folder,
    libc: libcOf(program, mapped),
    isStatic: program !== undefined && program.elf.interpreter === undefined,
    secure: secure === undefined ? null : secure !== 0,
    hugePagesOff: view.status['THP_enabled'] === '0',
    guarded: 'ALLOMORPH_GUARD' in view.environment,
    manager: managerOf(view.environment),
  };
}

function binaryFacts(
  mapped: readonly Binary[],
  scan: Scan,
  bound: ReadonlyMap<string, string>,
  malloc: MallocFacts,
): BinaryFacts[] {
  const loaded = new Set(mapped.map(({ path }) => path));
  const all = [...mapped, ...scan.addons.filter(({ path }) => !loaded.has(path))].map((binary) => ({
    path: binary.path,
    mapped: loaded.has(binary.path),
    embedded: binary.embedded,
    confVariables: binary.confVariables,
    exportsMalloc: binary.exportsMalloc,
    symbolic: binary.elf.symbolic,
    deepbind: deepbindUser(binary.path),
    boundTo: bound.get(binary.path) ?? null,
  }));
  const named = scan.deepbind
    .filter((path) => !loaded.has(path))
    .map((path) => ({
      path,
      mapped: false,
      embedded: [],
      confVariables: [],
      exportsMalloc: false,
      symbolic: false,
      deepbind: deepbindUser(path),
      boundTo: null,
    }));
  return [...all, ...named].filter((binary) => hasToDoWithAllocators(binary, malloc));
}

function hasToDoWithAllocators(binary: BinaryFacts, malloc: MallocFacts): boolean {
  return (
    binary.embedded.length > 0 ||
    binary.exportsMalloc ||
    binary.deepbind !== null ||
    (binary.boundTo !== null && binary.boundTo !== malloc.library)
  );
}

function unread(
  { environment }: ProcessView,
  malloc: MallocFacts,
  binaries: readonly BinaryFacts[],
): string[] {
  return unreadVariables(environment, {
    malloc: malloc.name,
    allocators: new Set([
      malloc.name,
      ...binaries.flatMap(({ embedded }) => embedded.map(({ name }) => name)),
    ]),
    confVariables: new Set(binaries.flatMap(({ confVariables }) => confVariables)),
  });
}
