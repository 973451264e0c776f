/** The guides are true: programs in them run and print what is written, fragments type-check, links lead somewhere. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ts = createRequire(import.meta.url)('typescript');
const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  ...['README.md', 'examples/README.md'],
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'));

/** Below this package, so that its name leads here. */
const directory = join(root, 'test/package/from-docs');
before(() => {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** The JavaScript of a page, block by block, each with the text that it prints, where the page says so. */
function blocksOf(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = [...text.matchAll(/^```js\n(.*?)^```\n(?:\n```text\n(.*?)^```)?/gms)];
  return blocks.map(([, code, output], index) => ({
    name: `${path.replaceAll(/\W/g, '_')}_${index}.mjs`,
    code,
    output,
  }));
}

const guides = pages.filter((path) => path.startsWith('docs/'));

test('what the guides say a program prints is what it prints', async (t) => {
  for (const guide of guides) {
    for (const { name, code, output } of blocksOf(guide)) {
      if (output === undefined) continue;
      await t.test(name, async () => {
        const file = join(directory, name);
        writeFileSync(file, code);
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 });
        assert.equal(stderr, '');
        assert.equal(stdout, output);
      });
    }
  }
});

/** What fragments take for granted. */
const GIVEN = `
import type * as api from 'node-libwebrtc';
declare global {
  const connection: api.RTCPeerConnection;
  const track: api.MediaStreamTrack;
  const stream: api.MediaStream;
  const desktopCapturer: any;
}
`;

test('every block names what there is, with the types that it has', () => {
  const files = guides.flatMap((guide) =>
    blocksOf(guide).map(({ name, code }) => {
      const file = join(directory, name);
      // Electron is not installed here. A block that imports nothing is a module all the same.
      writeFileSync(
        file,
        `${code.replace(/^import .* from 'electron';$/m, 'const app = /** @type {any} */ (null);')}\nexport {};\n`,
      );
      return file;
    }),
  );
  const given = join(directory, 'given.d.ts');
  writeFileSync(given, GIVEN);
  const program = ts.createProgram([given, ...files], {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    noImplicitAny: false,
    strict: false,
    skipLibCheck: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.esnext.d.ts'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  });
  const complaints = ts.getPreEmitDiagnostics(program).map(({ file, messageText, start }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  assert.deepEqual(complaints, []);
  assert.ok(files.length > 15);
});

test('links lead to files and headings that are there', () => {
  const anchorsOf = (path) =>
    [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
  for (const page of pages) {
    for (const [, target] of readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^\w+:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const file = path === '' ? join(root, page) : join(root, dirname(page), path);
      assert.ok(existsSync(file), `${page}: ${target}`);
      if (anchor !== undefined) assert.ok(anchorsOf(file).includes(anchor), `${page}: ${target}`);
    }
  }
});
