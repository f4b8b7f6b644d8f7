import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'node:test';
import ts from 'typescript';
import { project } from './helpers/project';

const rows: Record<string, number> = {
  lib: 0,
  sys: 1,
  store: 2,
  config: 2,
  runtime: 2,
  image: 3,
  network: 3,
  volume: 3,
  secret: 3,
  container: 4,
  pod: 5,
  build: 5,
  compose: 6,
  kube: 6,
  systemd: 6,
  api: 6,
  cli: 7,
};

/** What may be imported in some folders only. */
const packagesOnlyIn: Record<string, readonly string[]> = {
  koffi: ['sys'],
  execa: ['sys'],
  'tar-stream': ['store'],
  ini: ['config'],
  'smol-toml': ['config'],
  yaml: ['config'],
  yargs: ['cli'],
  chalk: ['cli'],
};

/** What may be written in some folders only. `src/cli/context.ts` says where the helper is; only runtime runs it. */
const textOnlyIn: readonly { pattern: RegExp; folders: readonly string[]; what: string }[] = [
  { pattern: /\bprocess\.(stdout|stderr)\b/, folders: ['cli'], what: 'standard output and standard error' },
  { pattern: /\bprocess\.(exit\(|exitCode\b)/, folders: ['cli'], what: 'the exit status of the process' },
  { pattern: /\bconsole\.\w+\(/, folders: [], what: 'console' },
];

interface Import {
  file: string;
  line: number;
  specifier: string;
  /** The file below src/ that is meant; undefined for packages. */
  target: string | undefined;
  isType: boolean;
}

const source = join(project, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort();
const imports = files.flatMap(importsOf);

test('every folder below src/ has a row', () => {
  const unknown = new Set(files.map(folderOf).filter((folder) => rows[folder] === undefined));
  assert.deepEqual([...unknown], []);
});

test('every import of a file names a file that is there, without its extension', () => {
  const bad = imports.filter((each) => each.specifier.startsWith('.') && each.target === undefined);
  assert.deepEqual(bad.map(describeImport), []);
});

test('a file imports from its own folder and from lower rows only', () => {
  const bad = imports.filter(({ file, target }) => {
    if (target === undefined || folderOf(file) === folderOf(target)) return false;
    return (rows[folderOf(target)] ?? 99) >= (rows[folderOf(file)] ?? -1);
  });
  assert.deepEqual(bad.map(describeImport), []);
});

test('a package is imported only in the folders that own it', () => {
  const bad = imports.filter(({ file, specifier, target }) => {
    if (target !== undefined) return false;
    const owners = packagesOnlyIn[packageOf(specifier)];
    return owners !== undefined && !owners.includes(folderOf(file));
  });
  assert.deepEqual(bad.map(describeImport), []);
});

test('standard output, standard error and the exit status belong to cli', () => {
  const bad: string[] = [];
  for (const file of files) {
    const lines = readFileSync(join(source, file), 'utf8').split('\n');
    for (const { pattern, folders, what } of textOnlyIn) {
      if (folders.includes(folderOf(file))) continue;
      lines.forEach((text, index) => {
        if (pattern.test(text) && !/^\s*(\*|\/\/|\/\*)/.test(text))
          bad.push(`src/${file}:${index + 1} uses ${what}`);
      });
    }
  }
  assert.deepEqual(bad, []);
});

test('no files import each other in a circle', () => {
  const edges = new Map<string, string[]>();
  for (const { file, target, isType } of imports) {
    if (target !== undefined && !isType) edges.set(file, [...(edges.get(file) ?? []), target]);
  }
  assert.deepEqual(findCircle(edges)?.join(' -> '), undefined);
});

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: string, isType: boolean): void => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ file, line, specifier, target: resolveImport(file, specifier), isType });
  };
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      const isType = ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly === true : node.isTypeOnly;
      add(node, (node.moduleSpecifier as ts.StringLiteral).text, isType);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, (node.argument.literal as ts.StringLiteral).text, true);
    } else if (ts.isCallExpression(node) && isImportCall(node.expression)) {
      const [first] = node.arguments;
      // A lazy import of a later moment makes no circle at load time.
      if (first !== undefined && ts.isStringLiteral(first)) add(node, first.text, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isImportCall(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

function resolveImport(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = join(source, dirname(file), specifier);
  const target = [`${path}.ts`, join(path, 'index.ts')].find((each) => existsSync(each));
  return target === undefined ? undefined : relative(source, target);
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function describeImport({ file, line, specifier }: Import): string {
  const folder = folderOf(file);
  return `src/${file}:${line} (${folder}, row ${rows[folder] ?? '?'}) imports ${specifier}`;
}

function findCircle(edges: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const target of edges.get(file) ?? []) {
      const circle = walk(target);
      if (circle !== undefined) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const circle = walk(file);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
