// An esbuild plugin that keeps each source file, and each package, in a function of its own. esbuild would hoist the functions of all files
// to the top of the bundle, and V8's code cache would carry every one of them; so it carries only what a command uses,
// which saves a start more than a millisecond.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { build, transform } from 'esbuild';

/** What esbuild puts in front of every file that it turns into CommonJS: once for the whole bundle. */
export const HELPERS = `
var __create = Object.create, __defProp = Object.defineProperty, __getProtoOf = Object.getPrototypeOf;
var __export = (target, all) => { for (const name in all) __defProp(target, name, { get: all[name], enumerable: true }); };
var __copyProps = (to, from, except) => {
  if ((from && typeof from === 'object') || typeof from === 'function')
    for (const key of Object.getOwnPropertyNames(from))
      if (!Object.hasOwn(to, key) && key !== except) __defProp(to, key, { get: () => from[key], enumerable: true });
  return to;
};
var __toCommonJS = (module) => __copyProps(__defProp({}, '__esModule', { value: true }), module);
var __toESM = (module, isNode, target) =>
  ((target = module == null ? {} : __create(__getProtoOf(module))),
  __copyProps(isNode || !module?.__esModule ? __defProp(target, 'default', { value: module, enumerable: true }) : target, module));
`;

/** The first statement of a file behind esbuild's helpers. */
const OWN_CODE = /var \w+_exports=\{\};|var import_\w+=|module\.exports=__toCommonJS/;

/** `top`: the folder that the paths in the bundle start from. */
export function lazyModules(top, options) {
  return {
    name: 'lazy-modules',
    setup({ initialOptions, onResolve, onLoad }) {
      const { external = [] } = initialOptions;
      onResolve({ filter: /^\.|main\.ts$/ }, ({ path, resolveDir }) =>
        resolveDir.includes('node_modules')
          ? undefined
          : { path: relative(top, resolve(resolveDir, path)).replace(/(\.ts)?$/, '.ts'), namespace: 'src' },
      );
      onLoad({ filter: /\.ts$/, namespace: 'src' }, async ({ path }) => ({
        contents: await toCommonJs(resolve(top, path), options),
        resolveDir: dirname(resolve(top, path)),
        loader: 'js',
      }));
      onResolve({ filter: /^[^.]/, namespace: 'src' }, ({ path }) =>
        isBuiltin(path) || external.includes(path) ? undefined : { path, namespace: 'package' },
      );
      onLoad({ filter: /.*/, namespace: 'package' }, async ({ path }) => ({
        contents: await bundlePackage(path, top, options),
        loader: 'js',
      }));
    },
  };
}

async function toCommonJs(path, options) {
  const { code } = await transform(readFileSync(path, 'utf8'), {
    ...options,
    loader: 'ts',
    format: 'cjs',
    sourcefile: path,
  });
  const start = code.search(OWN_CODE);
  if (start < 0) throw new Error(`${path}: esbuild's output has another form than expected`);
  return code.slice(start);
}

/** A package with all that it needs, as one CommonJS module. */
async function bundlePackage(name, top, options) {
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: `module.exports = require(${JSON.stringify(name)})`, resolveDir: top },
    bundle: true,
    format: 'cjs',
    write: false,
  });
  return outputFiles[0].text;
}
