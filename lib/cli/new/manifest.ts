import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { languages, type LanguageName } from './languages.js';

/** The running copy of this package. */
export interface OwnPackage {
  /** Absolute, all links followed. */
  readonly root: string;
  readonly version: string;
}

/** The package.json of a new project; JSON, one line end. */
export function manifest(name: string, language: LanguageName, own: OwnPackage): string {
  const { title, build, ...more } = languages[language];
  const document = {
    name,
    version: '0.0.0',
    private: true,
    description: `A memory allocator in ${title}`,
    // Node tells modules from scripts by it.
    type: 'module',
    scripts: { build: build.replaceAll('{{name}}', name), ...scripts(name, language) },
    dependencies: { allomorph: dependency(own) },
    ...('devDependencies' in more ? { devDependencies: more.devDependencies } : {}),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * An installed copy came from the file that the project around it names, or else from a registry. A checkout came from
 * neither, and npm would look for its version there in vain: it is named by its folder. Paths are absolute, so that the
 * project can be moved or begin behind a link.
 */
function dependency({ root, version }: OwnPackage): string {
  if (!isInstalled(root)) return `file:${root}`;
  const file = installedFrom(path.dirname(path.dirname(root)));
  return file === undefined ? `^${version}` : `file:${file}`;
}

/** The tarball, absolute; undefined: none that is still there. */
function installedFrom(project: string): string | undefined {
  try {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(path.join(project, 'package.json'), 'utf8'),
    ) as Partial<Record<'dependencies' | 'devDependencies', Record<string, string>>>;
    const given = dependencies?.['allomorph'] ?? devDependencies?.['allomorph'] ?? '';
    const [, file] = /^file:(.+)$/.exec(given) ?? [];
    const absolute = file === undefined ? undefined : path.resolve(project, file);
    return absolute !== undefined && existsSync(absolute) ? absolute : undefined;
  } catch {
    return undefined; // no project around it, or none that can be read
  }
}

function isInstalled(root: string): boolean {
  return path.basename(path.dirname(root)) === 'node_modules';
}

function scripts(name: string, language: LanguageName): Record<string, string> {
  if (language === 'typescript') {
    return {
      check: 'node build/check.js',
      test: 'npm run build && node --test build/allocator.test.js',
    };
  }
  return {
    check: `allomorph check ./lib${name}.so`,
    start: `allomorph run --allocator ./lib${name}.so -- node demo.mjs`,
    test: 'npm run build && node --test allocator.test.mjs',
  };
}
