/** How a library's functions are called. */
export interface LibraryInterface {
  /** What stands before `allocate`, or before `malloc`. */
  readonly prefix: string;
  readonly isMalloc: boolean;
}

/** What it has of an interface that is not complete. */
export interface Incomplete {
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

const fiveFunctions = [
  'allocate',
  'deallocate',
  'reallocate',
  'reallocate_inplace',
  'usable_size',
] as const;
const mallocFunctions = ['malloc', 'free', 'realloc'] as const;
/** One of them is enough; in the order in which they are preferred. */
const alignedFunctions = ['posix_memalign', 'memalign', 'aligned_alloc'] as const;

/** In this order, the five functions first; native/allocators/shared_library.cc knows the same. */
export const rustPrefix = '__rust_';
export const mallocPrefixes = ['', 'je_', 'mi_', 'tc_', 'rp'] as const;

/**
 * Which interface a library has, by the names that it exports.
 * @param prefix undefined: the usual ones, then any other that is the only one
 */
export function findInterface(
  symbols: ReadonlySet<string>,
  prefix?: string,
): LibraryInterface | Incomplete {
  const candidates =
    prefix === undefined
      ? usualAndOthers(symbols)
      : [
          { prefix, isMalloc: false },
          { prefix, isMalloc: true },
        ];
  const judged = candidates.map((candidate) => ({ candidate, ...judge(symbols, candidate) }));
  // Who exports some of the five functions means them, whatever else is there.
  const begun = judged.find(({ candidate, found }) => !candidate.isMalloc && found.length > 0);
  const complete = (begun === undefined ? judged : [begun]).find(
    ({ missing }) => missing.length === 0,
  );
  if (complete !== undefined) return complete.candidate;
  const [nearest] = [...judged].sort((left, right) => right.found.length - left.found.length);
  const { found, missing } = begun ?? nearest ?? { found: [], missing: [] };
  return { found, missing };
}

export function isComplete(found: LibraryInterface | Incomplete): found is LibraryInterface {
  return 'prefix' in found;
}

function judge(symbols: ReadonlySet<string>, { prefix, isMalloc }: LibraryInterface): Incomplete {
  const named = (names: readonly string[]) => names.map((name) => prefix + name);
  if (!isMalloc) return split(named(fiveFunctions), symbols);
  const plain = split(named(mallocFunctions), symbols);
  const aligned = split(named(alignedFunctions), symbols);
  return {
    found: [...plain.found, ...aligned.found],
    missing: [
      ...plain.missing,
      ...(aligned.found.length > 0 ? [] : [aligned.missing.join(' or ')]),
    ],
  };
}

function split(names: readonly string[], symbols: ReadonlySet<string>): Incomplete {
  return {
    found: names.filter((name) => symbols.has(name)),
    missing: names.filter((name) => !symbols.has(name)),
  };
}

function usualAndOthers(symbols: ReadonlySet<string>): LibraryInterface[] {
  const usual = [
    { prefix: rustPrefix, isMalloc: false },
    ...mallocPrefixes.map((prefix) => ({ prefix, isMalloc: true })),
  ];
  const others = [
    ...prefixesOf(symbols, 'reallocate_inplace', false),
    ...prefixesOf(symbols, 'malloc', true),
  ];
  return [...usual, ...others.filter((other) => !usual.some((each) => isSame(each, other)))];
}

function isSame(left: LibraryInterface, right: LibraryInterface): boolean {
  return left.prefix === right.prefix && left.isMalloc === right.isMalloc;
}

/** Complete ones only, shortest first: `x_malloc` rather than `x_internal_malloc`. */
function prefixesOf(
  symbols: ReadonlySet<string>,
  name: string,
  isMalloc: boolean,
): LibraryInterface[] {
  return [...symbols]
    .filter((symbol) => symbol.endsWith(name))
    .map((symbol) => ({ prefix: symbol.slice(0, -name.length), isMalloc }))
    .filter((candidate) => judge(symbols, candidate).missing.length === 0)
    .sort(
      ({ prefix: left }, { prefix: right }) =>
        left.length - right.length || (left < right ? -1 : 1),
    );
}
