import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { ownLines } from './scripts/eslint-own-lines.mjs';

const size = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'tspod/own-lines': ['error', 40],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'native/', 'man/', 'test/parity/builds/'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { tspod: { rules: { 'own-lines': ownLines } } },
    rules: {
      ...size,
      eqeqeq: 'error',
      'no-control-regex': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^\\.{1,2}/.*\\.(ts|js)$', message: 'without file extension' }] },
      ],
    },
  },
  { files: ['test/**/*.ts'], rules: { 'tspod/own-lines': 'off' } },
  {
    files: ['bin/*', 'scripts/**/*.mjs', 'eslint.config.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __filename: 'readonly',
        __dirname: 'readonly',
        performance: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
