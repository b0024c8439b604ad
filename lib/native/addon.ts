/**
 * The native addon as TypeScript sees it: the only file that describes it. Functions return
 * status values; errors are thrown by the callers in TypeScript, so that `instanceof` holds in
 * every realm.
 */
export interface NativeAddon {
  readonly version: string;
  /** Which copy of the addon, among several in this process, was loaded first. */
  leader(): { path: string; version: string; isThisOne: boolean };

  /** Names by backend id; null: not available here. */
  readonly backends: readonly (string | null)[];
  /**
   * The call frame: arguments from slot 0 on, the backend id in slot 4, the result in slot 0.
   * See native/binding/backends.cc.
   */
  readonly frame: Float64Array;
  readonly unsafe: NativeDoor;
  readonly checked: NativeDoor;
  live(backend: number): { blocks: number; bytes: number };
  abiTable(backend: number): bigint;
  describeBlock(address: number): { backend: number; size: number; align: number } | null;

  chooseGlobal(backend: number, origin: string): NativeChoice;
  globalState(): {
    effective: number;
    source: 'environment' | 'program' | 'default';
    frozen: boolean;
  };
  freezeGlobal(): number;
  environmentChoice(): { value: string; valid: boolean };

  readonly system: {
    stats(): NativeSystemStats | null;
    trim(): boolean | null;
  };
  readonly jemalloc: null | {
    readonly version: string;
    readonly isProcessMalloc: boolean;
    stats(): NativeJemallocStats | null;
    /** @returns errno of the call that failed, or 0 */
    purge(): number;
    options(): Record<string, number | string | boolean>;
  };

  libc(): { name: string; version: string };
  libraryOfSymbol(name: string): string | null;
  callVersion(name: string): number | null;
  callVersionString(name: string): string | null;
  /**
   * See Replacement in native/platform/platform.h.
   * @returns errno; does not return when it works
   */
  replaceProcess(
    file: string,
    args: readonly string[],
    sameProgram: boolean,
    commandLineLength: number,
    changes: readonly (readonly [name: string, text: string, separator: string, place: number])[],
  ): number;
  /** Descriptors that children do not inherit; null: none could be made. */
  openPipe(): [read: number, write: number] | null;
  /** Bytes. */
  readonly pageSize: number;
  hasFileAttribute(path: string, name: string): boolean;
}

/** The five functions of one door; all travel through the call frame. */
export interface NativeDoor {
  allocate(): void;
  deallocate(): void;
  reallocate(): void;
  reallocateInplace(): void;
  usableSize(): void;
}

export interface NativeChoice {
  status: 'accepted' | 'same' | 'overridden-first' | 'overridden' | 'conflict' | 'frozen';
  effective: number;
  firstName?: string;
  firstOrigin?: string;
}

export interface NativeSystemStats {
  arena: number;
  mapped: number;
  mappedBlocks: number;
  allocated: number;
  free: number;
  releasable: number;
}

export interface NativeJemallocStats {
  allocated: number;
  active: number;
  metadata: number;
  resident: number;
  mapped: number;
  retained: number;
}

/** Where the text of a change goes; `Change::Place` in native/platform/platform.h. */
export const places = { behind: 0, before: 1, ifAbsent: 2, last: 3 } as const;

/** Backend ids; the same numbers as `BackendId` in native/core/backend.h. */
export const backendIds = { system: 0, jemalloc: 1 } as const;
