import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import typescript from 'typescript-eslint';

/** The folders of lib/, each of which may import from those before it: ARCHITECTURE.md. */
const layers = [
  ...['errors', 'support', 'native', 'elf', 'allocators', 'process', 'define', 'conformance'],
  ...['libraries', 'global', 'blocks', 'magazines', 'compose', 'checked', 'buffers', 'addons'],
  ...['doctor', 'compare', 'cli'],
];

export default defineConfig(
  { ignores: ['**/build/', 'coverage/', 'dist/', 'out/', 'prebuilds/'] },
  {
    // A suppression that suppresses nothing hides the next finding on its line.
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },

  // Plain JavaScript runs as it is written, without a build: types cannot be known.
  {
    files: ['**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.{js,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: { sourceType: 'commonjs', globals: globals.node },
  },

  {
    files: ['**/*.ts'],
    extends: [
      js.configs.recommended,
      typescript.configs.strictTypeChecked,
      typescript.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      // The nearest tsconfig.json of each file: the root's for lib/, their own for test/ and bench/.
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // `const { CI: _ci, ...rest } = process.env` is how a copy without some properties is made.
      // The names before the rest are unused by design, and deleting from a copy instead is what
      // @typescript-eslint/no-dynamic-delete and exactOptionalPropertyTypes object to.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },

  ...layers.slice(0, -1).map((layer, index) => ({
    files: [`lib/${layer}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${layers.slice(index + 1).join('|')})/`,
              message: `lib/${layer} is below it: dependencies point one way (see layers in eslint.config.mjs).`,
            },
          ],
        },
      ],
    },
  })),

  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // In lib/ a number in a template is written String(value): its messages are for users, and
      // each place shall have been a decision about how the value reads. Tests and benchmarks print
      // sizes, seeds and counts all over, for us.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `expect(() => allocator.deallocate(…)).toThrow()` is the idiom of every test of an error.
      // Braces around each of these calls would say nothing more.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],

      // In a test, `found!.size` on something absent fails the test with its line, which is all
      // that a check written out could do.
      '@typescript-eslint/no-non-null-assertion': 'off',

      // Jest declares its matchers (expect.objectContaining, expect.any) as `any`, since they stand
      // where a value of any type may stand. Storing one or passing it on is what they are for; the
      // other no-unsafe-* rules still keep an `any` from being called or looked into.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);
