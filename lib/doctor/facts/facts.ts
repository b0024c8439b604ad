/** Everything doctor knows; `allomorph doctor --json` prints it. Sizes are bytes; null: unknown. */
export interface Facts {
  readonly machine: MachineFacts;
  readonly process: ProcessFacts;
  readonly malloc: MallocFacts;
  readonly memory: MemoryFacts;
  /** Variables that some allocator or the dynamic linker reads, as the process was started. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names among them that nothing in the process or below its folder reads. */
  readonly unreadVariables: readonly string[];
  readonly preload: readonly PreloadEntry[];
  /** Libraries of the process and addons below its folder that have to do with allocators. */
  readonly binaries: readonly BinaryFacts[];
  readonly scan: ScanFacts;
  /** Files that exist and could not be read. */
  readonly denied: readonly string[];
  /** Why the compiled addon of this package cannot be loaded; null: it can, or was not needed. */
  readonly addonError: string | null;
}

export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  /** Of the process: an executable of another architecture can run here. */
  readonly arch: string;
  readonly pageSize: number | null;
  /** The kernel's setting of transparent huge pages; null: it has none. */
  readonly hugePages: string | null;
  /** The jemalloc to preload that comes with this package, and the largest page it works with. */
  readonly preloadLibrary: { readonly path: string; readonly pageSize: number } | null;
}

export interface ProcessFacts {
  readonly pid: number;
  /** Whether it is doctor itself, which stands for a program started in the same place. */
  readonly self: boolean;
  readonly command: readonly string[];
  readonly executable: string | null;
  readonly folder: string | null;
  readonly libc: { readonly name: 'glibc' | 'musl' | 'unknown'; readonly version: string | null };
  /** Linked without a dynamic loader. */
  readonly isStatic: boolean;
  /** Runs with raised privileges (AT_SECURE). */
  readonly secure: boolean | null;
  /** Transparent huge pages are switched off for this process (prctl). */
  readonly hugePagesOff: boolean;
  /** Started by `allomorph run` or `allomorph/process`. */
  readonly guarded: boolean;
  /** The process manager that started it. */
  readonly manager: {
    readonly name: 'pm2' | 'supervisord';
    readonly evidence: string;
  } | null;
}

export interface MallocFacts {
  readonly name: string;
  readonly version: string | null;
  readonly library: string | null;
  readonly source: 'default' | 'preload' | 'linked' | 'unknown';
  /** Of a jemalloc: options in effect; for another process, those of its configuration. */
  readonly options: Readonly<Record<string, string | number | boolean>> | null;
  /** The variable that configures it. */
  readonly confVariable: string | null;
  readonly evidence: string;
}

export interface MemoryFacts {
  readonly resident: number | null;
  readonly swapped: number | null;
  readonly cgroup: CgroupFacts | null;
}

export interface CgroupFacts {
  readonly version: 1 | 2;
  readonly path: string;
  /** Null: unlimited. */
  readonly limit: number | null;
  readonly usage: number | null;
  /** Usage without file cache that can be dropped: what counts against the limit. */
  readonly workingSet: number | null;
  readonly oomKills: number;
}

export interface PreloadEntry {
  readonly entry: string;
  readonly from: 'LD_PRELOAD' | '/etc/ld.so.preload';
  /** Null: not found. */
  readonly file: string | null;
  /** Null: the maps of the process cannot be read. */
  readonly mapped: boolean | null;
  readonly problem: PreloadProblem | null;
  /** What was found, as part of a sentence. */
  readonly detail: string;
  /** It brings a malloc. */
  readonly isMalloc: boolean;
}

export type PreloadProblem =
  | 'missing'
  | 'not-a-library'
  | 'wrong-architecture'
  | 'wrong-libc'
  | 'newer-glibc'
  | 'secure'
  | 'static'
  | 'not-mapped';

export interface BinaryFacts {
  readonly path: string;
  readonly mapped: boolean;
  /** The allocators it contains. */
  readonly embedded: readonly { readonly name: string; readonly evidence: string }[];
  /** Variables that configure them. */
  readonly confVariables: readonly string[];
  /** Exports `malloc` to the rest of the process. */
  readonly exportsMalloc: boolean;
  /** Its own malloc comes first for itself. */
  readonly symbolic: boolean;
  /** Known to be loaded with RTLD_DEEPBIND: by whom. */
  readonly deepbind: string | null;
  /** The library its calls of malloc really go to; null: not loaded, or cannot be told. */
  readonly boundTo: string | null;
}

export interface ScanFacts {
  readonly folder: string | null;
  /** Addons looked into. */
  readonly addons: number;
  /** Why the search ended early; null: it did not. */
  readonly capped: string | null;
}
