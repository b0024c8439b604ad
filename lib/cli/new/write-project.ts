import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { languages, type LanguageName } from './languages.js';
import { manifest } from './manifest.js';

/** The folder of the package; Node has followed all links to it. */
const root = path.join(__dirname, '..', '..', '..');
const templates = path.join(root, 'templates');

/**
 * Writes a whole project to `folder`, which does not exist or is empty. It appears all at once: what fails on the
 * way leaves nothing behind.
 * @throws what the file system throws
 */
export function writeProject(folder: string, language: LanguageName): void {
  const aside = mkdtempSync(`${folder}.`);
  try {
    // One level down: a folder that mkdtemp makes is closed to everybody else.
    const made = path.join(aside, 'project');
    for (const [file, text] of files(path.basename(folder), language)) {
      mkdirSync(path.dirname(path.join(made, file)), { recursive: true });
      writeFileSync(path.join(made, file), text);
    }
    removeEmpty(folder);
    renameSync(made, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function files(name: string, language: LanguageName): [file: string, text: string][] {
  const source = path.join(templates, languages[language].folder);
  const shared = language === 'typescript' ? [] : [path.join(templates, 'native')];
  const copied = [source, ...shared].flatMap((from) =>
    readdirSync(from).map((file): [string, string] => [
      file,
      filled(readFileSync(path.join(from, file), 'utf8'), name, language),
    ]),
  );
  return [
    ...copied,
    ['package.json', manifest(name, language, { root, version: version() })],
    // npm leaves files of this name out of a package, so that it cannot be a template.
    ['.gitignore', 'node_modules/\nbuild/\n*.so\n'],
  ];
}

function filled(text: string, name: string, language: LanguageName): string {
  const { title, build } = languages[language];
  return text
    .replaceAll('{{language}}', title)
    .replaceAll('{{build}}', build)
    .replaceAll('{{name}}', name);
}

function version(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- JSON of our own package
  return (require('../../../package.json') as { version: string }).version;
}

/** Not every system renames onto an empty folder. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
