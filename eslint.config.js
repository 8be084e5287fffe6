import { basename } from 'node:path';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const bannedSyntax = [
  { selector: 'TSEnumDeclaration', message: 'No enums: write a union of literals.' },
  { selector: "TSModuleDeclaration[kind='namespace']", message: 'No namespaces.' },
  { selector: 'TSParameterProperty', message: 'No parameter properties: Node cannot strip them.' },
  { selector: 'ExportAllDeclaration', message: 'No `export *`: name what is exported.' },
];
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'No default exports: name what is exported.',
};
const clockSyntax = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'The core has no clock: take the time as an argument.',
};

const fileName = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename).replace(/(\.(test|bench|d))?\.ts$/, '');
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
        context.report({ node, message: `File name "${name}" is not kebab-case.` });
      }
      if (/(^|-)(utils?|commons?|helpers?|managers?|misc)($|-)/.test(name)) {
        context.report({ node, message: `File name "${name}" does not tell one purpose.` });
      }
    },
  }),
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.stack/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { driftline: { rules: { 'file-name': fileName } } },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'driftline/file-name': 'error',
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-restricted-syntax': ['error', ...bannedSyntax, noDefaultExport],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // A port is asynchronous even where an implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...bannedSyntax, noDefaultExport, clockSyntax],
      'no-restricted-globals': [
        'error',
        ...['process', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval'],
        ...['setImmediate', 'queueMicrotask'],
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core has no clock.' },
        { object: 'Math', property: 'random', message: 'The core has no randomness.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Asymmetric matchers (expect.any, expect.objectContaining) are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Vitest takes the default export of its configuration and of a global setup.
    files: ['*.config.ts', 'test/support/stack.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...bannedSyntax],
      'driftline/file-name': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    rules: { 'no-empty': ['error', { allowEmptyCatch: false }], 'max-lines': ['error', 400] },
  },
  {
    // The launcher must parse on every Node since 12.
    files: ['src/driftline.cjs'],
    languageOptions: { ecmaVersion: 2020, sourceType: 'commonjs' },
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ChainExpression', message: 'Node 12 does not parse `?.`.' },
        { selector: "LogicalExpression[operator='??']", message: 'Node 12 does not parse `??`.' },
        { selector: 'Literal[value=/^node:/]', message: 'Node 12 does not know `node:`.' },
      ],
    },
  },
);
