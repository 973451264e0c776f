import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['build/', 'dist/', 'prebuilds/', '**/node_modules/']),
  js.configs.recommended,
  {
    languageOptions: { globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      'prefer-const': ['error', { destructuring: 'all', ignoreReadBeforeAssign: true }],
    },
  },
  {
    files: ['lib/**/*.ts', 'test/types/**/*.ts', 'test/types/**/*.mts', 'test/types/**/*.cts'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Web IDL's conversions take anything and decide at run time: comparing what the types exclude is their job.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // `noUncheckedIndexedAccess` makes every group of a match and every element optional; the code knows which are not.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A function that returns `void` may hand on the `void` of the last call.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // The global scope of identity providers: scripts that know no types call it, and may patch what it is made of.
    files: ['lib/identity/scope/*.ts'],
    rules: {
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Programs that a browser runs.
    files: [
      'lib/**/page/*.mjs',
      'examples/**/*.mjs',
      'examples/**/*.js',
      'test/interop/**/*.mjs',
      'test/ecosystem/**/*.mjs',
      'test/wpt/**/*.{mjs,js,cjs}',
    ],
    languageOptions: { globals: { ...globals.browser } },
  },
  {
    // Scripts of pages.
    files: ['test/wpt/node-libwebrtc/*.js'],
    languageOptions: { sourceType: 'script', globals: { idl_test: 'readonly', fetch_spec: 'readonly' } },
  },
  {
    files: ['test/**/*.mjs'],
    languageOptions: { globals: { gc: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
);
