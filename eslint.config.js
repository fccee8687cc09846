// Lint rules: what CONTRIBUTING.md calls "good" and a machine can check. The limits are the project's,
// not suggestions: a file that outgrows them has two subjects.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const limits = {
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-nested-callbacks': ['error', 4],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
    {
      selector: "NewExpression[callee.name='Router']:not([arguments.0.properties.0.key.name='sensitive'])",
      message: 'createRouter of app/http/router.ts: another one takes /Staff for /staff.',
    },
    { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that defines it.' },
  ],
};

// eslint's own configuration format is a default export.
// eslint-disable-next-line no-restricted-syntax
export default tseslint.config(
  { ignores: ['node_modules/', '.cache/', 'dist/', 'charts/', 'test/artifacts/'] },
  eslint.configs.recommended,
  { rules: limits },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // mocha's describe() callbacks hold whole suites.
    files: ['test/**/*.test.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // Tests nest in describe() and it(), and chai's assertions are expressions.
    files: ['test/**/*.ts'],
    rules: {
      'max-nested-callbacks': ['error', 6],
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
