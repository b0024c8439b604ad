import { existsSync } from 'node:fs';
import path from 'node:path';
import { libraryRules, loadRule, symbolsRule } from '../conformance/library-rules.js';
import type { ConformanceReport, RuleResult } from '../conformance/report.js';
import type { RuleId } from '../conformance/rule.js';
import { failed, passed } from '../conformance/run-suite.js';
import { supervise } from '../conformance/supervise.js';
import { AllomorphError } from '../errors/error.js';
import { notLoaded } from '../libraries/explain.js';
import { inspectLibrary, type LibraryFile } from '../libraries/inspect.js';
import { conformanceTable } from './check/report.js';
import { CliError } from './cli-error.js';
import { seconds } from './compare/numbers.js';
import { parseOptions } from './options.js';

/** Seconds that one rule may take; it takes a fraction of one. */
const usualLimit = 10;

/** `allomorph check LIBRARY [--prefix P] [--rule ID]… [--seed N] [--timeout S] [--json]` */
export async function check(args: string[]): Promise<void> {
  const { values, positionals } = parseOptions('check', args, described, 1);
  const [named] = positionals;
  if (named === undefined) {
    throw new CliError('There is no library to check. Example: allomorph check ./libmy.so');
  }
  const file = path.resolve(named);
  const seed = seedOf(values.seed);
  const only = values.rule?.map(ruleOf);
  const limit = seconds('--timeout', values.timeout) ?? usualLimit;
  if (!existsSync(file)) {
    throw new CliError(`${file} does not exist. Give the path of an allocator's .so file.`);
  }
  const results = await tryLibrary(file, values.prefix, { seed, only, limit });
  const report: ConformanceReport = {
    passed: results.every(({ outcome }) => outcome !== 'failed'),
    seed,
    rules: results,
  };
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ schema: 1, library: file, ...report }, null, 2)}\n`
      : conformanceTable(file, report, only === undefined ? libraryRules.length : results.length),
  );
  process.exitCode = report.passed ? 0 : 1;
}

const described = {
  prefix: { type: 'string' },
  rule: { type: 'string', multiple: true },
  seed: { type: 'string' },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Those that could be tried, in their order. */
async function tryLibrary(
  file: string,
  prefix: string | undefined,
  { seed, only, limit }: { seed: number; only: readonly RuleId[] | undefined; limit: number },
): Promise<RuleResult[]> {
  const library = inspect(file, prefix);
  if ('outcome' in library) return [library];
  const { path: real, isMalloc } = library;
  const request = {
    path: real,
    prefix: library.prefix,
    isMalloc,
    seed,
    effort: 'full',
    // These two come first, whatever else is tried.
    only: only?.filter((id) => id !== symbolsRule.id && id !== loadRule.id),
  } as const;
  const supervised = await supervise(request, limit);
  if ('notLoaded' in supervised) throw notLoaded(real, supervised.notLoaded);
  const results = [passed(symbolsRule), ...supervised.results];
  const shown = only === undefined ? undefined : [symbolsRule.id, loadRule.id, ...only];
  return libraryRules.flatMap(
    ({ id }) => results.find((result) => result.id === id && shown?.includes(id) !== false) ?? [],
  );
}

/** @returns the failure when symbols are missing: all else is no library to check */
function inspect(file: string, prefix: string | undefined): LibraryFile | RuleResult {
  try {
    return inspectLibrary(file, prefix);
  } catch (error) {
    if (!(error instanceof AllomorphError) || !('missing' in error.values)) throw error;
    const { found, missing } = error.values as { found: string[]; missing: string[] };
    const values = { found: found.join(', '), missing: missing.join(', ') };
    return failed(symbolsRule, { message: error.message, values });
  }
}

function seedOf(text = '1'): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new CliError(`--seed is "${text}". It takes an integer from 0 to 2^32 - 1.`);
}

function ruleOf(text: string): RuleId {
  const rule = libraryRules.find(({ id }) => id === text);
  if (rule !== undefined) return rule.id;
  throw new CliError(`--rule is "${text}". Valid: ${libraryRules.map(({ id }) => id).join(', ')}.`);
}
