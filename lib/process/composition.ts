import path from 'node:path';
import { LaunchError } from './failure.js';

/**
 * What a specification of the form `BLOCK[:key=value[,key=value…]]:SPEC` says. The same grammar is
 * read in the started process by native/preload/malloc/spec.c; here it is judged while there is
 * somebody to be told, names become libraries and relative paths absolute.
 */
export interface Composition {
  /** `checked:level=poison:`, … as they stand before the leaf. */
  readonly blocks: string;
  /** A name or a path. */
  readonly leaf: string;
  /** What blocks will append to; absolute. */
  readonly files: readonly string[];
}

const most64 = (1n << 64n) - 1n;

/** The value as the started process needs it; undefined: not of the form. */
type Reader = (value: string) => string | undefined;

interface BlockForm {
  readonly form: string;
  /** The least that stands before an allocator. */
  readonly example: string;
  readonly options: Readonly<Record<string, Reader>>;
  /** One of them has to be given. */
  readonly needs?: readonly string[];
}

const word =
  (...words: string[]): Reader =>
  (value) =>
    words.includes(value) ? value : undefined;
/** As `option_size` in native/preload/malloc/options.c: within 64 bits. */
const size: Reader = (value) => {
  const bytes = bytesOf(value);
  return bytes !== undefined && bytes <= most64 ? value : undefined;
};
function bytesOf(value: string): bigint | undefined {
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  return BigInt(digits) << BigInt(10 * ['', 'k', 'm', 'g'].indexOf(unit));
}
const sizeWithin =
  (least: bigint, most: bigint): Reader =>
  (value) => {
    const read = size(value);
    const bytes = read === undefined ? undefined : bytesOf(read);
    return bytes !== undefined && bytes >= least && bytes <= most ? value : undefined;
  };
const integer =
  (most: bigint): Reader =>
  (value) =>
    /^\d+$/.test(value) && BigInt(value) <= most ? value : undefined;
const positive: Reader = (value) =>
  /^\d+$/.test(value) && BigInt(value) > 0n && BigInt(value) < 1n << 32n ? value : undefined;
const exitStatus: Reader = (value) =>
  /^\d+$/.test(value) && BigInt(value) > 0n && BigInt(value) < 256n ? value : undefined;
const probability: Reader = (value) =>
  /^(\d+\.?\d*|\.\d+)(e-\d{1,2})?$/i.test(value) && Number(value) <= 1
    ? withoutExponent(value)
    : undefined;
/** `1e-6` as 0.000001, which the started process reads. */
function withoutExponent(value: string): string {
  const [, whole = '', fraction = '', exponent] = /^(\d*)\.?(\d*)e-(\d+)$/i.exec(value) ?? [];
  if (exponent === undefined) return value;
  const digits = '0'.repeat(Number(exponent)) + whole;
  const point = digits.length - Number(exponent);
  return `${digits.slice(0, point)}.${digits.slice(point)}${fraction}`.replace(/^0*(?=\d)/, '');
}
/** Colons and commas have ended the value already where the user wrote them. */
const file: Reader = (value) => {
  const absolute = path.resolve(value);
  return /[:,]/.test(absolute) ? undefined : absolute;
};

const forms: Readonly<Record<string, BlockForm>> = {
  checked: {
    form: 'checked[:level=poison|page-guard][,every=N][,quarantine=SIZE][,frames=0-16][,on-fault=report|abort][,exit-status=1-255][,report=FILE][,leaks=on|off|all]:SPEC',
    example: 'checked:',
    options: {
      level: word('poison', 'page-guard'),
      every: positive,
      quarantine: size,
      frames: integer(16n),
      'on-fault': word('report', 'abort'),
      'exit-status': exitStatus,
      report: file,
      leaks: word('on', 'off', 'all'),
    },
  },
  counted: {
    form: 'counted[:report=FILE]:SPEC',
    example: 'counted:',
    options: { report: file },
  },
  limited: {
    form: 'limited:bytes=SIZE:SPEC with a SIZE of at least 1',
    example: 'limited:bytes=512m:',
    options: { bytes: sizeWithin(1n, most64) },
    needs: ['bytes'],
  },
  failing: {
    form: 'failing:after=N:SPEC or failing:probability=P[,seed=N]:SPEC',
    example: 'failing:after=500000:',
    options: { after: integer(most64), probability, seed: integer(most64) },
    needs: ['after', 'probability'],
  },
  logged: {
    form: 'logged:file=FILE:SPEC',
    example: 'logged:file=calls.log:',
    options: { file },
    needs: ['file'],
  },
  // As lib/compose/bump.ts has it.
  bump: {
    form: 'bump[:chunk=SIZE]:SPEC with a SIZE from 128 to 1024g',
    example: 'bump:',
    options: { chunk: sizeWithin(128n, 1n << 40n) },
  },
};

/** For messages and help. */
export const blockNames: readonly string[] = Object.keys(forms);

/** What to write for the name of a block that stands alone; undefined: it is none. */
export function exampleOf(name: string): string | undefined {
  return Object.hasOwn(forms, name) ? `${forms[name]?.example ?? ''}jemalloc` : undefined;
}

/** `most_blocks` and `longest_spec` in native/preload/malloc/spec.h. */
const mostBlocks = 16;
export const longestSpec = 8191;

/** Whether the text begins with a building block, known or not: a path does not. */
export function isComposition(text: string): boolean {
  return /^[^/.:]+:/.test(text);
}

/**
 * @param source the flag or variable that the text comes from
 * @throws LaunchError: what was wrong, and the valid forms
 */
export function parseComposition(text: string, source: string): Composition {
  const fail = (what: string): never => {
    throw new LaunchError(`${source} is "${text}": ${what}`);
  };
  let blocks = '';
  const files: string[] = [];
  let rest = text;
  for (let count = 1; isComposition(rest); count++) {
    if (count > mostBlocks) fail(`more than ${String(mostBlocks)} blocks.`);
    const [, name = '', behind = ''] = /^([^:]*):(.*)$/s.exec(rest) ?? [];
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form === undefined) {
      return fail(
        `there is no building block "${name}". Valid: ${blockNames.join(', ')}; ` +
          'behind the last colon a name or the path of a library.',
      );
    }
    const [, given, next] = /^([a-z-]+=[^:]*):(.*)$/s.exec(behind) ?? [];
    if (given === undefined && /^[a-z-]+=/.test(behind)) {
      return fail(
        `an allocator is missing behind the options of ${name}. The form is ${form.form}.`,
      );
    }
    blocks += `${name}:${given === undefined ? '' : `${readOptions(given, name, form, { fail, files })}:`}`;
    if (given === undefined) requireNeeded([], name, form, fail);
    rest = next ?? behind;
  }
  if (rest === '') {
    fail(
      `behind the last colon a name or the path of a library is missing. Example: ${text}jemalloc.`,
    );
  }
  return { blocks, leaf: rest, files };
}

function readOptions(
  text: string,
  block: string,
  form: BlockForm,
  { fail, files }: { fail: (what: string) => never; files: string[] },
): string {
  const seen: string[] = [];
  const options = text.split(',').map((option) => {
    const [, key, value = ''] = /^([^=]*)=(.*)$/s.exec(option) ?? [];
    const reader =
      key !== undefined && Object.hasOwn(form.options, key) ? form.options[key] : undefined;
    if (key === undefined || reader === undefined) {
      return fail(
        `${block} has no option "${key ?? option}". Valid: ${Object.keys(form.options).join(', ')}; ` +
          `the form is ${form.form}.`,
      );
    }
    if (seen.includes(key)) fail(`the option ${key} is given twice.`);
    seen.push(key);
    const read = value === '' ? undefined : reader(value);
    if (read === undefined)
      return fail(`${key} of ${block} is "${value}". The form is ${form.form}${hint}.`);
    if (reader === file) files.push(read);
    return `${key}=${read}`;
  });
  requireNeeded(seen, block, form, fail);
  if (seen.includes('seed') && !seen.includes('probability')) {
    fail('seed has no meaning without probability.');
  }
  return options.join(',');
}

const hint =
  '; SIZE is a whole number of bytes with an optional k, m or g, N a whole number, P 0 to 1, and ' +
  'FILE a path without colon or comma';

function requireNeeded(
  given: readonly string[],
  block: string,
  { needs, form }: BlockForm,
  fail: (what: string) => never,
): void {
  if (needs !== undefined && !needs.some((key) => given.includes(key))) {
    fail(`${block} needs ${needs.join(' or ')}. The form is ${form}.`);
  }
}
