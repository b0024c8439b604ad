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
 * An installed copy came from a registry, or could have. A checkout did not, and npm would look for its version there in
 * vain: it is named by its folder, absolute, so that the project can be moved or begin behind a link.
 */
function dependency({ root, version }: OwnPackage): string {
  return isInstalled(root) ? `^${version}` : `file:${root}`;
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
