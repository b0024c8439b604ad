import { languages, type LanguageName } from './languages.js';

/** The package.json of a new project; JSON, one line end. `version` is the one of this package. */
export function manifest(name: string, language: LanguageName, version: string): string {
  const { title, build, ...more } = languages[language];
  const document = {
    name,
    version: '0.0.0',
    private: true,
    description: `A memory allocator in ${title}`,
    // Node tells modules from scripts by it.
    type: 'module',
    scripts: { build: build.replaceAll('{{name}}', name), ...scripts(name, language) },
    dependencies: { allomorph: `^${version}` },
    ...('devDependencies' in more ? { devDependencies: more.devDependencies } : {}),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
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
