import { parseElf, type Elf } from '../../elf/elf.js';
import { definedSymbols, type DefinedSymbol } from '../../elf/defined-symbols.js';

/** A library, executable or addon, as far as allocators are concerned. */
export interface Binary {
  readonly path: string;
  readonly elf: Elf;
  readonly embedded: readonly { readonly name: string; readonly evidence: string }[];
  readonly confVariables: readonly string[];
  readonly exportsMalloc: boolean;
}

/** Functions that only the allocator itself defines. jemalloc's carry a prefix of one's choice. */
const signatures: readonly { name: string; symbol: RegExp; ending: string }[] = [
  {
    name: 'allomorph-malloc',
    symbol: /^allomorph_malloc_spec$/,
    ending: 'allomorph_malloc_spec',
  },
  { name: 'jemalloc', symbol: /mallctl$/, ending: 'mallctl' },
  { name: 'mimalloc', symbol: /^mi_malloc$/, ending: 'mi_malloc' },
  { name: 'tcmalloc', symbol: /^(?:tc_malloc|TCMallocInternalMalloc)$/, ending: 'alloc' },
  { name: 'rpmalloc', symbol: /^rpmalloc$/, ending: 'rpmalloc' },
  { name: 'snmalloc', symbol: /^sn_(?:rust_alloc|malloc)$/, ending: 'alloc' },
];

/** Texts of their messages: what is left of an allocator in a stripped file. */
const texts: readonly { name: string; text: string }[] = [
  { name: 'jemalloc', text: '<jemalloc>: ' },
  { name: 'mimalloc', text: 'mimalloc: warning: ' },
  { name: 'tcmalloc', text: 'tcmalloc: large alloc ' },
];

const endings = [...new Set([...signatures.map(({ ending }) => ending), 'malloc'])];

/** Undefined when it is no ELF file. */
export function inspectBinary(path: string, bytes: Buffer): Binary | undefined {
  const elf = parseElf(bytes);
  if (elf === undefined) return undefined;
  const symbols = definedSymbols(elf, endings);
  const embedded = signatures.flatMap((signature) => bySymbol(signature, symbols));
  for (const { name, text } of texts) {
    if (!embedded.some((found) => found.name === name) && bytes.includes(text)) {
      embedded.push({ name, evidence: `contains the text "${text.trim()}"` });
    }
  }
  return {
    path,
    elf,
    embedded,
    confVariables: embedded.some(({ name }) => name === 'jemalloc') ? confVariables(bytes) : [],
    exportsMalloc: symbols.some(({ name, exported }) => exported && name === 'malloc'),
  };
}

function bySymbol(
  { name, symbol }: (typeof signatures)[number],
  symbols: readonly DefinedSymbol[],
): { name: string; evidence: string }[] {
  const match = symbols.find((candidate) => symbol.test(candidate.name));
  return match === undefined ? [] : [{ name, evidence: `defines ${match.name}` }];
}

/** The variables that a jemalloc was compiled to read: the prefix is part of the name. */
function confVariables(bytes: Buffer): string[] {
  const names = new Set<string>();
  const ending = 'MALLOC_CONF';
  const text = Buffer.from(`${ending}\0`, 'latin1');
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    const start = bytes.lastIndexOf(0, at) + 1;
    const name = bytes.toString('latin1', start, at + ending.length);
    if (/^\w{11,64}$/.test(name)) names.add(name);
  }
  return [...names];
}
