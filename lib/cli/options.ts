import { parseArgs } from 'node:util';
import { CliError } from './cli-error.js';
import { HelpWanted } from './help-wanted.js';

type Described = Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>;
type Value<Option extends Described[string]> = Option['type'] extends 'string' ? string : boolean;

/** What the command line says: each option by its type, absent when it was not given. */
export interface Parsed<Options extends Described> {
  readonly values: {
    readonly [Name in keyof Options]?: Options[Name]['multiple'] extends true
      ? readonly Value<Options[Name]>[]
      : Value<Options[Name]>;
  };
  readonly positionals: readonly string[];
}

/**
 * The options of a command that takes nothing else, or `positionals` words at most.
 * @throws HelpWanted
 */
export function parseOptions<const Options extends Described>(
  command: string,
  args: string[],
  described: Options,
  positionals = 0,
): Parsed<Options> {
  const parsed = parse(command, args, described);
  const extra = parsed.positionals[positionals];
  if (extra === undefined) return parsed;
  throw new CliError(
    `Unexpected "${extra}" after allomorph ${command}. See allomorph ${command} --help.`,
  );
}

function parse<const Options extends Described>(
  command: string,
  args: string[],
  described: Options,
): Parsed<Options> {
  return parseArgs({
    args: checked(command, args, described),
    options: described,
    allowPositionals: true,
  });
}

/**
 * What parseArgs refuses is said here, in one sentence. A negative number is a value, which the option judges by itself:
 * parseArgs takes it where an equals sign stands before it.
 */
function checked(command: string, args: string[], described: Described): string[] {
  const result = [...args];
  let joined = 0;
  for (const token of tokensOf(args, described)) {
    if (token.kind !== 'option') continue;
    const { rawName, name, value, inlineValue } = token;
    if (rawName === '--help' || rawName === '-h') throw new HelpWanted(command);
    const type = Object.hasOwn(described, name) ? described[name]?.type : undefined;
    if (type === undefined || !rawName.startsWith('--')) {
      throw new CliError(`Unknown option ${rawName} of ${command}. ${valid(described)}.`);
    }
    if (type === 'boolean') {
      if (value === undefined) continue;
      throw new CliError(`${rawName} takes no value, and "${value}" is given.`);
    }
    if (value === undefined) throw new CliError(`${rawName} needs a value, and none is given.`);
    if (inlineValue || value === '-' || !value.startsWith('-')) continue;
    if (!/^-\d/.test(value)) {
      throw new CliError(
        `${rawName} needs a value, and "${value}" follows it. A value that begins with "-" is written ${rawName}=VALUE.`,
      );
    }
    result.splice(token.index - joined++, 2, `${rawName}=${value}`);
  }
  return result;
}

function valid(described: Described): string {
  const names = Object.keys(described).map((name) => `--${name}`);
  return names.length === 0 ? 'It takes no options' : `Valid: ${names.join(', ')}`;
}

function tokensOf(args: string[], options: Described) {
  return parseArgs({ args, options, strict: false, tokens: true }).tokens;
}

/** What is ours and what is the command: it begins behind "--", or at the first word that is no option. */
export function splitCommand(
  args: string[],
  described: Described,
): [ours: string[], command: string[]] {
  const first = tokensOf(args, described).find(({ kind }) => kind !== 'option');
  if (first === undefined) return [args, []];
  const start = first.kind === 'positional' ? first.index : first.index + 1;
  return [args.slice(0, first.index), args.slice(start)];
}
