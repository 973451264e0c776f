/**
 * The published JavaScript and types, from `lib/`.
 *
 * TypeScript gives CommonJS, the one real implementation. ES modules get a thin module for each entry point that hands
 * on the very same classes under explicit names: both worlds share one set of classes, so that `instanceof` holds, and
 * Node's loader sees the names without guessing.
 */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, relative } from 'node:path';
import { inRoot, logFile, root } from './paths.mjs';
import { SetupError, step } from './report.mjs';
import { filesBelow, hashOf, isCurrent, writeStamp } from './stamp.mjs';
import { thirdPartyVersions, writeThirdParty } from './third_party.mjs';

const require = createRequire(import.meta.url);

/** The modules of `lib/` that have an entry of their own in package.json's `exports`. */
function entryPoints() {
  const { exports } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return Object.values(exports)
    .map((entry) => entry?.import?.default)
    .filter((file) => typeof file === 'string')
    .map((file) => ({
      source: inRoot(file.replace(/^\.\/dist\//, 'lib/').replace(/\.mjs$/, '.ts')),
      wrapper: inRoot(file),
    }));
}

/** The names under which a module exports values, types left out and `default` with them. */
function exportedValues(ts, checker, sourceFile) {
  const module = checker.getSymbolAtLocation(sourceFile);
  // A module without exports is there for its effects.
  if (module === undefined) return [];
  const own = [...module.exports.values()].filter((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (target.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(ts, symbol);
  });
  // `export * from`; `export type * from` gives no values.
  const all = sourceFile.statements.filter(
    (statement) => ts.isExportDeclaration(statement) && !statement.exportClause && !statement.isTypeOnly,
  );
  const inherited = all.flatMap(({ moduleSpecifier }) =>
    exportedValues(ts, checker, checker.getSymbolAtLocation(moduleSpecifier).valueDeclaration),
  );
  const names = new Set([...own.map((symbol) => symbol.name), ...inherited]);
  names.delete('default');
  return [...names].sort();
}

/** `export type { Name }` of a class is a type, though the class is a value. */
function isTypeOnly(ts, symbol) {
  return (symbol.declarations ?? []).some(
    (declaration) => ts.isExportSpecifier(declaration) && ts.isTypeOnlyExportDeclaration(declaration),
  );
}

/** Writes the ES module of an entry point and its types. */
function writeWrapper(ts, program, { source, wrapper }) {
  const sourceFile = program.getSourceFile(source);
  if (sourceFile === undefined) {
    throw new SetupError(`package.json exports ${relative(root, wrapper)}, but there is no ${relative(root, source)}.`);
  }
  const checker = program.getTypeChecker();
  const names = exportedValues(ts, checker, sourceFile);
  const module = checker.getSymbolAtLocation(sourceFile);
  const hasDefault = module !== undefined && checker.tryGetMemberInModuleExports('default', module) !== undefined;
  const commonjs = `./${basename(wrapper, '.mjs')}.js`;
  const code =
    names.length === 0
      ? `import '${commonjs}';\n`
      : `import implementation from '${commonjs}';\n\nexport const {\n${names.map((name) => `  ${name},\n`).join('')}} = implementation;\n`;
  const types = wrapper.replace(/\.mjs$/, '.d.mts');
  mkdirSync(dirname(wrapper), { recursive: true });
  writeFileSync(wrapper, hasDefault ? `${code}export default implementation.default;\n` : code);
  writeFileSync(types, `export * from '${commonjs}';\n${hasDefault ? `export { default } from '${commonjs}';\n` : ''}`);
  return [wrapper, types];
}

/** Copies what is no TypeScript: the files of pages that the package serves. */
function copyOthers() {
  return filesBelow(inRoot('lib'))
    .filter((file) => !file.endsWith('.ts'))
    .map((file) => {
      const copy = inRoot('dist', relative(inRoot('lib'), file));
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(file, copy);
      return copy;
    });
}

/** Compiles `lib/` and leaves nothing else in `dist/`. */
function compile() {
  const ts = require('typescript');
  const host = {
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    useCaseSensitiveFileNames: ts.sys.useCaseSensitiveFileNames,
    getCurrentDirectory: () => root,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new SetupError(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  };
  const config = ts.getParsedCommandLineOfConfigFile(inRoot('tsconfig.json'), {}, host);
  const program = ts.createProgram(config.fileNames, config.options);
  const emitted = [];
  const result = program.emit(undefined, (file, text) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    emitted.push(file);
  });
  const diagnostics = [...config.errors, ...ts.getPreEmitDiagnostics(program), ...result.diagnostics];
  if (diagnostics.length > 0) {
    const text = ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(diagnostics), {
      getCurrentDirectory: () => root,
      getCanonicalFileName: (name) => name,
      getNewLine: () => '\n',
    });
    const log = logFile('typescript');
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, text);
    throw new SetupError(`lib/ does not compile (all of it in ${relative(root, log)}):\n\n${text.slice(0, 8000)}`);
  }
  for (const entry of entryPoints()) emitted.push(...writeWrapper(ts, program, entry));
  emitted.push(...copyOthers(), ...writeThirdParty());
  const current = new Set(emitted);
  for (const file of filesBelow(inRoot('dist'))) if (!current.has(file)) rmSync(file);
  for (const entry of readdirSync(inRoot('dist'), { withFileTypes: true })) {
    const directory = inRoot('dist', entry.name);
    if (entry.isDirectory() && filesBelow(directory).length === 0) rmSync(directory, { recursive: true });
  }
  return [...current];
}

export async function provideTypescript() {
  await step('TypeScript', () => {
    const { version } = JSON.parse(readFileSync(inRoot('node_modules/typescript/package.json'), 'utf8'));
    const { exports } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
    const scripts = ['typescript', 'third_party'].map((name) => `scripts/setup/${name}.mjs`);
    const input = hashOf(['lib', 'tsconfig.json', ...scripts], [version, exports, thirdPartyVersions()]);
    if (isCurrent('typescript', input)) return 'current';
    const files = compile();
    writeStamp('typescript', input, files);
    return `${files.length} files in dist/`;
  });
}
