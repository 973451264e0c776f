/** The package as npm packs it, and an empty project that it is installed into. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import nodeGypBuild from 'node-gyp-build';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What `npm pack` would do here: the files, and their size when they are unpacked. */
export function packing() {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files, unpackedSize }] = JSON.parse(output);
  return { files: files.map(({ path }) => path), unpackedSize };
}

/** The README's first example, for both kinds of modules, by the name of a file. */
export function readmeExamples() {
  const [, example] = /```js\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'));
  const [, names, rest] = /^import (.*?) from 'node-libwebrtc';\n(.*)$/s.exec(example);
  return {
    'example.mjs': example,
    // CommonJS has no `await` outside of functions.
    'example.cjs': `const ${names} = require('node-libwebrtc');\n(async () => {\n${rest}})();\n`,
  };
}

/** Packs the package, with what was built here in the place of the prebuild. */
function pack(directory) {
  const stage = join(directory, 'package');
  const addon = `prebuilds/${process.platform}-${process.arch}/node-libwebrtc.node`;
  const put = (source, path) => {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    copyFileSync(source, join(stage, path));
    chmodSync(join(stage, path), 0o644 | (statSync(source).mode & 0o111));
  };
  for (const path of packing().files) put(join(root, path), path);
  put(nodeGypBuild.resolve(root), addon);
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], {
    cwd: stage,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  rmSync(stage, { recursive: true });
  return join(directory, JSON.parse(output)[0].filename);
}

/** Every file below a directory, with its size in bytes. */
export const filesIn = (directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => ({ path: path.slice(directory.length + 1), size: statSync(path).size }));

/** An environment in which there is Node.js, npm and a shell, and no tool that could build anything. */
function withoutTools(directory) {
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const find = (name) => {
    const found = process.env.PATH.split(delimiter).find((path) =>
      statSync(join(path, name), { throwIfNoEntry: false }),
    );
    return realpathSync(join(found, name));
  };
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const name of ['sh', 'npm', 'npx']) symlinkSync(find(name), join(bin, name));
  const { NODE_TEST_CONTEXT: _, LIBWEBRTC_DIR: __, LIBWEBRTC_ARCHIVE: ___, ...env } = process.env;
  return { ...env, PATH: bin, XDG_CACHE_HOME: join(directory, 'cache'), npm_config_cache: npmCache() };
}

/** npm's own cache, so that a directory of its own for other caches does not make it ask for everything again. */
const npmCache = () => execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();

/**
 * An empty project, far from this checkout, with the package in it: the tarball that the environment variable
 * `NODE_LIBWEBRTC_TARBALL` names, or one of what is built here. It is installed as anybody would, without the tools that
 * building from source needs.
 */
export function installInEmptyProject() {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'node-libwebrtc-installed-')));
  const tarball = process.env.NODE_LIBWEBRTC_TARBALL ?? pack(directory);
  const project = join(directory, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{}\n');
  const env = withoutTools(directory);
  const run = (command, ...args) => {
    const { stdout, stderr, status } = spawnSync(command, args, {
      cwd: project,
      env,
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { stdout, stderr, status };
  };
  const installation = run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball);
  if (installation.status !== 0) throw new Error(`npm install failed:\n${installation.stderr}`);
  return {
    project,
    /** Where the package is. */
    installed: join(project, 'node_modules/node-libwebrtc'),
    run,
    /** Writes a program into the project and runs it. */
    runProgram(name, code) {
      writeFileSync(join(project, name), code);
      return run('node', name);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
