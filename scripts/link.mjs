// Links src/ to one file. Each source file, and each package, stays a function of its own that runs when it is first needed, so
// bin/tspod can keep a selection of what a command uses; bundlers hoist all files into one scope. The file has three parts: what
// the commands need that have to start fast, what is seldom asked for, and what lies between. A part is read only when one of its
// files is asked for.
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { build, transform } from 'esbuild';

const IMPORT = /require\("([^"]+)"\)/g;
const HANDED = '__get,require,__toESM,__tspodUrl,__filename,__dirname';

/** What esbuild writes before a file's own code, and how it lists what the file exports, each as a getter. */
const PREAMBLE = /^.*?(?=var \w+_exports=\{\};|var import_\w+=|module\.exports=__toCommonJS)/s;
const EXPORTS = /var (\w+_exports)=\{\};__export\(\1,\{(.*?)\}\);module\.exports=__toCommonJS\(\1\);/s;

/**
 * The parts of the program, each with its text and the number of its first module; the entry is number 0. `entry` and `fast` are
 * paths from `top`: what they import statically makes the first part; what else `isSeldom` tells of by its path makes the last.
 * `external` packages stay where npm has put them; `options` are esbuild's. Each part is an expression: a function with the
 * parameters of `HANDED` that returns the functions of its modules by their numbers. `__get` gives what a module exports.
 */
export async function link({ top, entry, fast, isSeldom, external, options }) {
  const modules = await readModules({ top, entry, external, options });
  const early = staticallyReached(modules, [entry, ...fast]);
  const late = [...modules.keys()].filter((path) => !early.has(path));
  const parts = [[...early], late.filter((path) => !isSeldom(path)), late.filter(isSeldom)];
  const numbers = new Map(parts.flat().map((path, number) => [path, number]));
  const refer = (path) => `__get(${numbers.get(path)})`;
  const define = (path) => `${numbers.get(path)}:(exports,module)=>{${modules.get(path).code(refer)}\n}`;
  return parts.map((paths) => ({
    first: paths.length === 0 ? modules.size : numbers.get(paths[0]),
    text: `(function(${HANDED}){return{${paths.map(define).join(',\n')}}})`,
  }));
}

/** Every file that the entry leads to, by its path: what it imports at once, and its code with how others are referred to put in. */
async function readModules({ top, entry, external, options }) {
  const modules = new Map();
  const wanted = [entry];
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (modules.has(path)) continue;
    const isOwn = path.endsWith('.ts');
    const code = isOwn ? await ownCode(join(top, path), options) : await packageCode(path, top, options);
    const isKept = (to) => external.includes(to) || to.startsWith('node:') || builtinModules.includes(to);
    const pathOf = (to) =>
      to.startsWith('.') ? `${normalize(join(dirname(path), to)).replace(/\.ts$/, '')}.ts` : to;
    const imports = isOwn ? [...code.matchAll(IMPORT)].filter(({ 1: to }) => !isKept(to)) : [];
    wanted.push(...imports.map(({ 1: to }) => pathOf(to)));
    modules.set(path, {
      statics: imports
        .filter(({ index }) => !code.slice(0, index).endsWith('.then(()=>'))
        .map(({ 1: to }) => pathOf(to)),
      code: (refer) =>
        isOwn ? code.replace(IMPORT, (call, to) => (isKept(to) ? call : refer(pathOf(to)))) : code,
    });
  }
  return modules;
}

function staticallyReached(modules, roots) {
  const reached = new Set(roots);
  for (const path of reached) for (const to of modules.get(path).statics) reached.add(to);
  return reached;
}

/**
 * A file of our own as CommonJS. Its exports become plain properties, set when it has run, and files of our own are imported as they
 * are: esbuild's getters on getters cost a start more than a millisecond. No export changes its value later.
 */
async function ownCode(path, options) {
  const source = readFileSync(path, 'utf8');
  const { code } = await transform(source, { ...options, loader: 'ts', format: 'cjs', sourcefile: path });
  const own = toAscii(code)
    .replace(PREAMBLE, '')
    .replace(/0&&\(module\.exports=\{[^}]*\}\);\s*$/, '');
  const exported = EXPORTS.exec(own);
  const body = own.replace(exported?.[0] ?? /^(?!)/, '').replace(/__toESM\((require\("\.[^"]*"\))\)/g, '$1');
  if (/__toCommonJS|__export|__reExport/.test(body))
    throw new Error(`${path}: esbuild's output has another form than expected`);
  const names = exported === null ? [] : exported[2].split(',').map((each) => each.split(':()=>'));
  return importedAtUse(`${body}${names.map(([name, value]) => `;exports.${name}=${value}`).join('')}`);
}

/**
 * A file of our own that is imported runs when something of it is first used, not when the importing one does: much of what a
 * command imports it needs only now and then. No file does anything when it runs but define what it exports.
 */
function importedAtUse(code) {
  let rest = code;
  for (const [declared, name, path] of code.matchAll(/\b(import_\w+)=(require\("\.[^"]+"\))/g)) {
    rest = [`${declared},`, `,${declared}`, `var ${declared};`].reduce(
      (text, found) => (text.includes(declared) ? text.replace(found, '') : text),
      rest,
    );
    rest = rest.replace(new RegExp(`new ${name}\\.(\\w+)`, 'g'), `new(${path}.$1)`);
    rest = rest.replace(new RegExp(`\\b${name}\\.`, 'g'), `${path}.`);
    if (new RegExp(`\\b${name}\\b`).test(rest)) throw new Error(`${name} is used in an unexpected form`);
  }
  return rest;
}

/** esbuild escapes what is not ASCII, but not in regular expressions. */
const toAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A package with all that it needs, as one CommonJS module. */
async function packageCode(name, top, options) {
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: `module.exports = require(${JSON.stringify(name)})`, resolveDir: top },
    bundle: true,
    format: 'cjs',
    write: false,
  });
  return toAscii(outputFiles[0].text);
}
