import { readdirSync } from 'node:fs';
import path from 'node:path';
import { CliError } from './cli-error.js';
import { languages, type LanguageName } from './new/languages.js';
import { writeProject } from './new/write-project.js';
import { parseOptions } from './options.js';

/** `allomorph new NAME --language LANGUAGE`: a project for an allocator of one's own, in ./NAME. */
export function newProject(args: string[]): void {
  const { values, positionals } = parseOptions('new', args, { language: { type: 'string' } }, 1);
  const name = projectName(positionals[0]);
  const language = languageOf(values.language);
  const folder = path.resolve(name);
  refuseContent(folder);
  try {
    writeProject(folder, language);
  } catch (error) {
    throw new CliError(`${folder} cannot be written: ${(error as Error).message}.`);
  }
  process.stdout.write(nextSteps(name, language, folder));
}

/** A package name of npm without a scope, which is also a good name for a library. */
const validName = /^[a-z][a-z0-9_-]{0,63}$/;

function projectName(given: string | undefined): string {
  if (given === undefined) {
    throw new CliError(
      'There is no name for the project. Example: allomorph new my-allocator --language c.',
    );
  }
  if (validName.test(given) && given !== 'node_modules' && given !== 'allomorph') return given;
  throw new CliError(
    `"${given}" is no name for a project. It starts with a letter from a to z, has at most 64 of ` +
      'a to z, 0 to 9, "-" and "_", and is neither "allomorph" nor "node_modules"; its folder is made here.',
  );
}

function languageOf(given: string | undefined): LanguageName {
  const valid = Object.keys(languages).join(', ');
  if (given === undefined) throw new CliError(`--language is missing. Valid: ${valid}.`);
  if (Object.hasOwn(languages, given)) return given as LanguageName;
  throw new CliError(`--language is "${given}". Valid: ${valid}.`);
}

function refuseContent(folder: string): void {
  let content: string[];
  try {
    content = readdirSync(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    const reason = code === 'ENOTDIR' ? 'is not a folder' : `cannot be read: ${message}`;
    throw new CliError(`${folder} ${reason}. Choose another name.`);
  }
  if (content.length === 0) return;
  const count =
    content.length === 1 ? '1 file or folder' : `${String(content.length)} files and folders`;
  throw new CliError(`${folder} has ${count} in it. Choose another name, or empty it first.`);
}

function nextSteps(name: string, language: LanguageName, folder: string): string {
  const { title } = languages[language];
  const start = language === 'typescript' ? '' : '  npm start         # all of Node on it\n';
  return (
    `An allocator in ${title} is in ${folder}. Next:\n\n` +
    `  cd ${name}\n  npm install\n  npm run build\n  npm run check     # the contract, rule by rule\n` +
    `${start}  npm test\n`
  );
}
