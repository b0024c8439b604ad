import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { LoadedLibrary } from '../native/addon.js';
import type { RuleResult } from './report.js';
import type { Effort, RuleId } from './rule.js';

/** The first argument of the child, as JSON. */
export interface ChildRequest {
  /** Begins each line that the child says, which the library could write to, too. */
  readonly nonce: string;
  readonly path: string;
  readonly prefix: string;
  readonly isMalloc: boolean;
  readonly seed: number;
  readonly effort: Effort;
  /** Absent: all. */
  readonly only?: readonly RuleId[] | undefined;
}

/** What it says: a line each, of the nonce and JSON. */
export type ChildEvent =
  | { readonly event: 'start'; readonly id: RuleId }
  | { readonly event: 'end'; readonly result: RuleResult }
  | { readonly event: 'not-loaded'; readonly library: LoadedLibrary }
  | { readonly event: 'done' };

export function childCommand(request: ChildRequest): [command: string, args: string[]] {
  return [process.execPath, [path.join(__dirname, 'child.js'), JSON.stringify(request)]];
}

/** Without what steers Node or this package: the library is what is tried. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:ALLOMORPH_|NODE_)/.test(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

export function newNonce(): string {
  return randomBytes(16).toString('hex');
}
