import { statSync } from 'node:fs';
import { LaunchError } from '../../process/failure.js';
import { blockNames, parseComposition } from '../../process/composition.js';
import { presetOf, type Preset } from '../../process/settings/index.js';
import { presets } from '../../process/settings/setting.js';
import { allocatorNames } from '../../process/wanted.js';

/** What `--with` names. */
export interface Spec {
  /** What the user calls it; undefined: it gets a name from what it is. */
  readonly label: string | undefined;
  /** `'now'`, or as `allomorph run --allocator` takes it. */
  readonly allocator: string;
  /** Null: the allocator's own defaults. */
  readonly preset: Preset | null;
  readonly conf: string | undefined;
}

export const now = 'now';
export const presentSpec: Spec = {
  label: undefined,
  allocator: now,
  preset: null,
  conf: undefined,
};
const stock = 'stock';

/** `[LABEL=]ALLOCATOR[:PRESET][+CONF]` */
const form =
  /^(?:(?<label>[^=:+/]+)=)?(?<blocks>(?:BLOCK:(?:[a-z-]+=[^:]*:)?)*)(?<leaf>[^:+=]+|\.{0,2}\/[^:+]+)(?::(?<preset>[^+]*))?(?:\+(?<conf>.+))?$/;
const withBlocks = new RegExp(form.source.replace('BLOCK', `(?:${blockNames.join('|')})`));
/** A list is joined by commas, and so are the options of a block: this is the beginning of one. */
const openBlock = new RegExp(`(?:^|[=:])(?:${blockNames.join('|')}):[a-z-]+=[^:]*$`);

/** What joins the parts of a value, and what stands for it inside the path of a file that exists. */
const joints = ',+:=';
const hidden = '\ue000\ue001\ue002\ue003';
const exchanged = (text: string, from: string, to: string) =>
  Array.from(text, (character) => to[from.indexOf(character)] ?? character).join('');
const shown = (text: string) => exchanged(text, hidden, joints);

/** Files have names such as libc++.so: the longest that exists is a path as a whole. */
function hidePaths(text: string): string {
  const start = /(?<=^|[,=:])\.{0,2}\//.exec(text)?.index;
  if (start === undefined) return text;
  let end = text.length;
  while (end > start && !isFile(text.slice(start, end))) {
    end -= 1 + (/[^,+:=]*$/.exec(text.slice(start, end))?.[0].length ?? 0);
  }
  const after = Math.max(end, start + 1);
  const path = exchanged(text.slice(start, after), joints, hidden);
  // The character in front of what follows decides whether that is a path.
  return text.slice(0, start) + path + hidePathsBehind(text.slice(after));
}

function hidePathsBehind(rest: string): string {
  const joint = rest.search(/[,=:]/);
  return joint < 0 ? rest : rest.slice(0, joint + 1) + hidePaths(rest.slice(joint + 1));
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false; // also what is too long for a path
  }
}

/** One value of `--with`: a list joined by commas; a CONF goes on to the end, commas and all. */
export function parseSpecs(given: string): Spec[] {
  const text = hidePaths(given);
  const plus = text.indexOf('+');
  const head = plus < 0 ? text : text.slice(0, plus);
  const items: string[] = [];
  for (const item of head.split(',')) {
    const last = items.at(-1);
    if (last !== undefined && openBlock.test(last)) items[items.length - 1] = `${last},${item}`;
    else items.push(item);
  }
  if (plus >= 0) items.push(`${items.pop() ?? ''}${text.slice(plus)}`);
  return items.map(parseSpec);
}

function parseSpec(given: string): Spec {
  // The report's own names can be given back: "jemalloc memory", "glibc arena_max 2".
  const text = given
    .trim()
    .replace(/ (stock|balanced|memory|throughput)$/, ':$1')
    .replace(/^glibc arena_max 2$/, 'glibc arena_max 2=system+glibc.malloc.arena_max=2')
    .replace(/(^|=)(?:glibc|musl)(?=$|[:+])/, '$1system');
  const parts = withBlocks.exec(text)?.groups ?? {};
  const {
    label,
    blocks = '',
    leaf,
    preset,
    conf,
  } = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part && shown(part)]));
  if (leaf === undefined) {
    throw new LaunchError(
      `--with has "${shown(text)}"; it takes [LABEL=]ALLOCATOR[:PRESET][+CONF], such as now, system, jemalloc:memory, ` +
        'mimalloc, ./libmine.so, counted:./libmine.so or tuned=jemalloc+dirty_decay_ms:1000,narenas:2.',
    );
  }
  if (leaf === now && (preset !== undefined || conf !== undefined || blocks !== '')) {
    throw new LaunchError(
      `--with has "${shown(text)}"; "now" is the present state as it is, without a preset, options or blocks.`,
    );
  }
  if (preset !== undefined && preset !== '' && isNeither(leaf, preset)) {
    parseComposition(`${blocks}${leaf}:${preset}`, '--with');
  }
  return { label, allocator: blocks + leaf, preset: presetOfSpec(leaf, preset), conf };
}

/** An allocator with its preset: then the colon was meant for a building block, whose name is wrong. */
function isNeither(leaf: string, preset: string): boolean {
  const isAllocator = leaf.includes('/') || [now, ...allocatorNames].includes(leaf);
  return !isAllocator && ![stock, ...presets].includes(preset);
}

function presetOfSpec(allocator: string, name: string | undefined): Preset | null {
  if (name === stock) return null;
  if (name !== undefined) {
    if (name === '') throw new LaunchError(`--with: a preset is missing behind "${allocator}:".`);
    return presetOf(name, `--with ${allocator}:PRESET (or ${stock})`);
  }
  // The C library has no preset that is better than none.
  return allocator === 'system' || allocator === now ? null : 'balanced';
}
