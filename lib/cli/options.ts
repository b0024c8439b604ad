import { parseArgs } from 'node:util';
import { CliError } from './cli-error.js';

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

/** The options of a command that takes nothing else, or `positionals` words at most. */
export function parseOptions<const Options extends Described>(
  command: string,
  args: string[],
  described: Options,
  positionals = 0,
): Parsed<Options> {
  const parsed = parse(command, args, described);
  const extra = parsed.positionals[positionals];
  if (extra === undefined) return parsed;
  throw new CliError(`Unexpected "${extra}" after allomorph ${command}. See allomorph --help.`);
}

function parse<const Options extends Described>(
  command: string,
  args: string[],
  described: Options,
): Parsed<Options> {
  try {
    return parseArgs({ args, options: described, allowPositionals: true });
  } catch (error) {
    // What Node adds about "--" after the first sentence is no help here.
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.split(/\.(?:\s|$)/)[0] ?? message;
    const valid = Object.keys(described).map((name) => `--${name}`);
    const list = valid.length === 0 ? 'It takes no options' : `Valid: ${valid.join(', ')}`;
    throw new CliError(`allomorph ${command}: ${reason}. ${list}.`);
  }
}

/** What is ours and what is the command: it begins behind "--", or at the first word that is no option. */
export function splitCommand(
  args: string[],
  described: Described,
): [ours: string[], command: string[]] {
  const { tokens } = parseArgs({ args, options: described, strict: false, tokens: true });
  const first = tokens.find(({ kind }) => kind !== 'option');
  if (first === undefined) return [args, []];
  const start = first.kind === 'positional' ? first.index : first.index + 1;
  return [args.slice(0, first.index), args.slice(start)];
}
