/**
 * The native addon as TypeScript sees it: the only file that describes it. Functions return
 * status values; errors are thrown by the callers in TypeScript, so that `instanceof` holds in
 * every realm.
 */
export interface NativeAddon {
  readonly version: string;
  /** Which copy of the addon, among several in this process, was loaded first. */
  leader(): { path: string; version: string; isThisOne: boolean };

  /** Names of the built-in ones by backend id; null: not available here. */
  readonly backends: readonly (string | null)[];
  /** Backends that are opened at run time. See native/binding/opened.h. */
  readonly opened: {
    /** `has-users`: a chain in front of it, a cache, or the global choice. */
    close(handle: OpenedHandle): 'closed' | 'live-blocks' | 'has-users';
    /** Of any backend; null: there is none. */
    name(backend: number): string | null;
    /** Whether its chain ends at the global backend. */
    leadsToGlobal(backend: number): boolean;
    /** What stands in front of it in JavaScript keeps it open until `endUse`. Null: memory is exhausted. */
    use(backend: number): OpenedHandle | null;
    endUse(handle: OpenedHandle): void;
  };
  /** Each opens a backend, over others or over the global one (`globalBehind`). */
  readonly compose: {
    limited(name: string, behind: number, bytes: number): OpenedBackend | null;
    counted(name: string, behind: number): OpenedBackend | null;
    /** Writes to a duplicate of the descriptor. */
    logged(name: string, behind: number, descriptor: number): OpenedBackend | null;
    fallback(name: string, first: number, second: number): OpenedBackend | null;
    segregated(name: string, small: number, large: number, threshold: number): OpenedBackend | null;
    bump(name: string, behind: number, chunk: number): OpenedBackend | null;
    /** @param after -1: never */
    failing(
      name: string,
      behind: number,
      after: number,
      probability: number,
      seed: number,
    ): OpenedBackend | null;
    // Of one that is open and of this kind.
    limitedUsed(backend: number): number;
    countedRead(backend: number): NativeCounts;
    /** @returns false: others use it, and nothing has changed */
    bumpReset(backend: number): boolean;
    bumpHeld(backend: number): number;
    failingCount(backend: number): number;
  };
  /** The debugging allocator. See native/binding/checked.cc. Null: it was closed, or memory is exhausted. */
  readonly debugging: {
    open(
      name: string,
      behind: number,
      isGuarded: boolean,
      quarantine: number,
      frames: number,
      every: number,
    ): OpenedBackend | null;
    /** Why a deallocate would be wrong, or which freed block was written to. Null: go on. */
    inspect(
      backend: number,
      address: number,
      oldSize: number,
      align: number,
    ): NativeBlockFault | null;
    /** At most a thousand. */
    verify(backend: number): NativeBlockFault[] | null;
    live(backend: number): NativeCheckedBlock[] | null;
    stats(backend: number): NativeCheckedStats | null;
    /** For `setPlace`; 0 when the text cannot be kept. */
    place(backend: number, text: string): number;
    /** Where a block was allocated, or, when it is freed already, where that was; for native reports. */
    setPlace(backend: number, address: number, place: number): void;
    fill(address: number, size: number, byte: number): void;
    copy(to: number, from: number, size: number): void;
    /** Offset of the first byte that is another one; -1: none is. */
    firstOther(address: number, size: number, byte: number): number;
    byteAt(address: number): number;
  };
  /** See native/allocators/shared_library.h. */
  readonly libraries: {
    /** @param identity tells this content of the file from another */
    load(
      path: string,
      name: string,
      prefix: string,
      isMalloc: boolean,
      identity: string,
    ): LoadedLibrary;
    /** Null: it was not loaded before. */
    known(path: string, prefix: string): { id: number; identity: string } | null;
  };
  /** See native/core/pattern.h and native/core/contention.h. */
  readonly conformance: {
    fill(address: number, length: number, seed: number): void;
    patternEnds(address: number, length: number, seed: number): number;
    contend(backend: number, threads: number, rounds: number, seed: number): Contention;
  };
  /**
   * The call frame: arguments from slot 0 on, the backend id in slot 4, the result in slot 0.
   * See native/binding/backends.cc.
   */
  readonly frame: Float64Array;
  readonly unsafe: NativeDoor;
  readonly checked: NativeDoor;
  live(backend: number): { blocks: number; bytes: number };
  /** The backend stays open from now on; of `globalBehind`, a table that follows the choice. */
  abiTable(backend: number): bigint;
  describeBlock(address: number): { backend: number; size: number; align: number } | null;

  chooseGlobal(backend: number, origin: string): NativeChoice;
  globalState(): {
    effective: number;
    source: 'environment' | 'program' | 'default';
    frozen: boolean;
  };
  freezeGlobal(): number;
  /** The first call loads the library that a path names; `error` says why it cannot be had. */
  environmentChoice(): { value: string; valid: boolean; error: string };
  /** What the variable says, without loading anything. */
  environmentValue(): string;

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

  readonly memory: NativeMemory;

  /** Batches for lib/magazines. See native/binding/magazines.cc. */
  readonly magazines: {
    /** For `refill` and `flush`: id, row, blocks; for `copy`: to, from, bytes. */
    readonly request: Float64Array;
    refill(): void;
    flush(): void;
    copy(): void;
    /** The magazines end with the handle. Null: memory is exhausted. */
    open(
      backend: number,
      slots: Float64Array,
      rows: Int32Array,
    ): { readonly handle: object; readonly id: number } | null;
    /** Ends the use of the backend; blocks can still be given back. */
    close(id: number): void;
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

declare const openedHandleBrand: unique symbol;

/** Collecting it gives the backend up, as closing it does. */
export interface OpenedHandle {
  readonly [openedHandleBrand]: true;
}

/** Null instead of it: memory is exhausted, or all places for backends are taken. */
export interface OpenedBackend {
  readonly id: number;
  readonly handle: OpenedHandle;
}

/** `allomorph_counts` in native/compose/counted.h. */
export interface NativeCounts {
  readonly allocate: number;
  readonly deallocate: number;
  readonly reallocate: number;
  readonly reallocateInplace: number;
  readonly usableSize: number;
  readonly failed: number;
  readonly liveBlocks: number;
  readonly liveBytes: number;
  readonly peakBytes: number;
  readonly totalBytes: number;
}

export type FaultKind =
  | 'overflow'
  | 'underflow'
  | 'use-after-free'
  | 'double-free'
  | 'wrong-size'
  | 'wrong-alignment'
  /** The address is that of no block. */
  | 'foreign-free'
  /** It lies within a block, or directly around it. */
  | 'interior-free';

export interface NativeCheckedBlock {
  readonly address: number;
  readonly size: number;
  readonly align: number;
  readonly isFreed: boolean;
  readonly allocatedFrames: readonly string[];
  readonly freedFrames: readonly string[];
}

export interface NativeBlockFault {
  readonly kind: FaultKind;
  /** From the start of the block: of the overwritten byte, or of the address that was passed. */
  readonly offset: number;
  /** The overwritten byte; -1: none was. */
  readonly value: number;
  readonly block: NativeCheckedBlock | null;
}

export interface NativeCheckedStats {
  readonly liveBlocks: number;
  readonly liveBytes: number;
  readonly quarantinedBlocks: number;
  readonly quarantinedBytes: number;
  readonly keptBlocks: number;
  readonly faults: number;
  readonly guardedBlocks: number;
  readonly unguardedBlocks: number;
}

export interface LoadedLibrary {
  status: 'ok' | 'not-loadable' | 'missing-symbol' | 'no-place';
  /** The dynamic linker's reason, or the name of the symbol. */
  detail: string;
  id: number;
}

export interface Contention {
  fault: 'none' | 'exhausted' | 'no-memory' | 'misaligned' | 'overwritten';
  address: number;
  size: number;
  align: number;
  /** Where the block is overwritten. */
  offset: number;
  /** Calls of all threads. */
  calls: number;
}

/** What stands for the global backend, whichever it will be, as the end of a chain. */
export const globalBehind = -1;

/** The five functions of one door; all travel through the call frame. */
export interface NativeDoor {
  allocate(): void;
  deallocate(): void;
  reallocate(): void;
  reallocateInplace(): void;
  usableSize(): void;
}

declare const memoryHandleBrand: unique symbol;

/** A piece of memory that this thread owns. Collecting it ends the holding, as `release` does. */
export interface MemoryHandle {
  readonly [memoryHandleBrand]: true;
}

/** See native/binding/owned_memory.h. All but `release` do nothing on a handle that was released. */
export interface NativeMemory {
  /** @returns null: memory is exhausted */
  allocate(backend: number, size: number, align: number): MemoryHandle | null;
  /**
   * Takes over what an allocator in JavaScript allocated.
   * @param listener who deallocates it when it is forgotten: a result of `onUnowned`
   * @returns null: no memory for the record; the block is still the caller's
   */
  adopt(address: number, size: number, align: number, listener: number): MemoryHandle | null;
  address(handle: MemoryHandle): number;
  /** What `onUnowned` names adopted memory by. */
  id(handle: MemoryHandle): number;
  /** @returns a new ArrayBuffer over all of it, or null when none could be made */
  array(handle: MemoryHandle): ArrayBuffer | null;
  /**
   * For memory of a backend. A shrink detaches the arrays.
   * @returns the usable size it now has; success if and only if that is >= `size`. 0: refused, since
   * an array over it was transferred
   */
  resizeInplace(handle: MemoryHandle, size: number): number;
  /** For memory of a backend. Detaches the arrays when it works; see `moveResults`. */
  reallocate(handle: MemoryHandle, size: number): number;
  /** Lets adopted memory be seen by its allocator again, for a call that resizes it. */
  lend(handle: MemoryHandle): void;
  takeBack(handle: MemoryHandle, size: number, oldSize: number): void;
  /** @returns false when an array over it was transferred and may still be in use */
  detach(handle: MemoryHandle): boolean;
  /**
   * Ends the holding and detaches the arrays.
   * @returns whether it is free: memory of a backend has been deallocated, adopted memory is the
   * caller's to deallocate. Else that follows, for adopted memory by `onUnowned`
   */
  release(handle: MemoryHandle): boolean;
  zero(handle: MemoryHandle, start: number, end: number): void;
  copy(from: MemoryHandle, to: MemoryHandle, length: number): void;
  /** Whether this runtime allows ArrayBuffers over foreign memory. */
  allowsExternal(): boolean;
  /** Bytes that V8 was told of, for memory that no array shows. */
  reported(): number;
  arrayAddress(array: ArrayBuffer): number;
  detachArray(array: ArrayBuffer): void;
  /**
   * Registers what is called when adopted memory has nobody left; it must not throw. More than one,
   * as copies of this package share an addon.
   */
  onUnowned(listener: (id: number) => void): number;
}

/** Results of `NativeMemory.reallocate`. */
export const moveResults = { exhausted: 0, moved: 1, outOfReach: 2 } as const;

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
