/**
 * The types of the package are those of a browser: every exported interface is compared with the DOM library's of the
 * same name, and a page's program is compiled with both. For CommonJS and ES modules, with TypeScript 5 and 7, and with
 * every declaration file checked.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DIFFERENCES, DIFFERENCES_IN, WIDER } from './differences.mjs';

const require = createRequire(import.meta.url);
const ts = require('typescript');
const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = join(root, 'build/types');
const LIBRARIES = ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'];

/** What the package exports that the DOM library has, too: names, with the number of type parameters of each. */
function common() {
  const entry = join(root, 'dist/index.d.ts');
  const program = ts.createProgram([entry], { lib: LIBRARIES, types: [], skipLibCheck: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const dom = program.getSourceFiles().find(({ fileName }) => fileName.endsWith('/lib.dom.d.ts'));
  const parametersOf = (symbol) =>
    symbol.declarations?.find((own) => ts.isInterfaceDeclaration(own) || ts.isClassDeclaration(own))?.typeParameters
      ?.length ?? 0;
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(source))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .flatMap((ours) => {
      const theirs = checker.resolveName(ours.name, dom, ts.SymbolFlags.Type, false);
      const isDom = theirs?.declarations?.some((own) => own.getSourceFile() === dom);
      if (!(ours.flags & ts.SymbolFlags.Type) || !isDom) return [];
      return [{ name: ours.name, ours: parametersOf(ours), theirs: parametersOf(theirs) }];
    });
}

const applied = (name, parameters) =>
  parameters === 0 ? name : `${name}<${Array(parameters).fill('any').join(', ')}>`;

/** A program that hands every interface of ours to a function that wants the DOM library's. */
function comparison(names, compiler) {
  const known = libraryOf(compiler);
  const present = names.filter(({ name }) => new RegExp(`^(interface|type) ${name}\\b`, 'm').test(known));
  assert.ok(present.length > 0.95 * names.length);
  const blocks = present.map(({ name, ours, theirs }, index) => {
    const [own, wanted] = [applied(`ours.${name}`, ours), applied(name, theirs)];
    const value = `declare const value${index}: ${own};`;
    const different = DIFFERENCES[name] ?? DIFFERENCES_IN[compiler][name];
    if (different === undefined) return `${value}\ntake<${wanted}>(value${index});`;
    if (different === WIDER) {
      return [
        `declare const value${index}: ${wanted};`,
        `take<${own}>(value${index});`,
        `declare const own${index}: ${own};`,
        // What is listed as wider is.
        `// @ts-expect-error`,
        `take<${wanted}>(own${index});`,
      ].join('\n');
    }
    const members = different.map((member) => `'${member}'`).join(' | ');
    return [
      value,
      `take<Omit<${wanted}, ${members}>>(value${index});`,
      // What is listed as different is.
      `// @ts-expect-error`,
      `take<${wanted}>(value${index});`,
    ].join('\n');
  });
  return [
    `import type * as ours from 'node-libwebrtc';`,
    'declare function take<T>(value: T): void;',
    ...blocks,
    '',
  ].join('\n');
}

/** The page's program, with our names in the place of the DOM library's. */
function withOurs(code, names) {
  const used = names.map(({ name }) => name).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return `import { mediaDevices, ${used.join(', ')} } from 'node-libwebrtc';\n${code}`;
}

/** The text of the DOM library that comes with a compiler. */
function libraryOf(compiler) {
  if (compiler === 'typescript') return readFileSync(require.resolve('typescript/lib/lib.dom.d.ts'), 'utf8');
  // It lies beside the program, in a package for each platform.
  const native = `@typescript/typescript-${process.platform}-${process.arch}`;
  const place = createRequire(require.resolve(`${compiler}/package.json`)).resolve(`${native}/package.json`);
  return readFileSync(join(dirname(place), 'lib/lib.dom.d.ts'), 'utf8');
}

const compilers = { 'TypeScript 5': 'typescript', 'TypeScript 7': 'typescript-7' };

/** What the compiler complains about in the files of a directory. */
function compile(compiler, where, lib) {
  const config = join(where, 'tsconfig.json');
  const options = {
    ...{ target: 'ES2022', module: 'node16', moduleResolution: 'node16', strict: true, noEmit: true },
    ...{ skipLibCheck: false, lib, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
  };
  writeFileSync(config, JSON.stringify({ compilerOptions: options, include: ['.'] }));
  const { version, bin } = require(`${compiler}/package.json`);
  const program = join(root, 'node_modules', compiler, bin.tsc);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--project', config], { encoding: 'utf8' });
  return { version, status, output: `${stdout}${stderr}` };
}

let names;
before(() => {
  rmSync(directory, { recursive: true, force: true });
  names = common();
});

test('there is something to compare, and nothing is listed for nothing', () => {
  assert.ok(names.length > 100, `${names.length}`);
  const known = new Set(names.map(({ name }) => name));
  assert.deepEqual(
    [DIFFERENCES, ...Object.values(DIFFERENCES_IN)].flatMap(Object.keys).filter((name) => !known.has(name)),
    [],
  );
});

const code = readFileSync(new URL('browser_code.txt', import.meta.url), 'utf8');
const usage = readFileSync(new URL('usage.ts', import.meta.url), 'utf8');
const withoutLibrary = `declare const mediaDevices: MediaDevices;\n${code}`;

for (const [title, compiler] of Object.entries(compilers)) {
  for (const [kind, extension] of [
    ['CommonJS', 'cts'],
    ['ES modules', 'mts'],
  ]) {
    test(`${title}, ${kind}: interfaces are assignable, and a page’s program compiles`, () => {
      const where = join(directory, `${compiler}-${extension}`);
      mkdirSync(where, { recursive: true });
      const write = (name, text) => writeFileSync(join(where, `${name}.${extension}`), text);
      write('comparison', comparison(names, compiler));
      write('page', withoutLibrary);
      write('page_ours', withOurs(code, names));
      write('usage', usage);
      const { version, status, output } = compile(compiler, where, ['ES2023', 'DOM', 'ESNext.Disposable']);
      assert.equal(version.split('.')[0], title.split(' ')[1]);
      assert.equal(output, '');
      assert.equal(status, 0);
    });
  }

  test(`${title}: a server’s program compiles without the DOM library`, () => {
    const where = join(directory, `${compiler}-server`);
    mkdirSync(where, { recursive: true });
    writeFileSync(join(where, 'usage.mts'), usage);
    writeFileSync(join(where, 'usage.cts'), usage);
    const { status, output } = compile(compiler, where, ['ES2023', 'ESNext.Disposable']);
    assert.equal(output, '');
    assert.equal(status, 0);
  });
}
