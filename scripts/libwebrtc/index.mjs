/**
 * Provides libwebrtc's install tree: `include/`, `lib/libwebrtc.a` and `LICENSES/`. The first of these that there is:
 *
 *   LIBWEBRTC_DIR       an install tree
 *   LIBWEBRTC_ARCHIVE   a .tar.zst of one
 *   the user's cache    what one of the other ways left there ($XDG_CACHE_HOME/node-libwebrtc)
 *   Debian's sources    fetched with apt, or taken from the directory LIBWEBRTC_SOURCES, and built
 *
 * LIBWEBRTC_WITHOUT_FFMPEG=1 builds without H.264, the only part that is under the LGPL.
 *
 *   node scripts/libwebrtc/index.mjs                 prints the tree's path
 *   node scripts/libwebrtc/index.mjs check <tree>    tries a tree and prints what works
 *   node scripts/libwebrtc/index.mjs unpack <dir>    the sources as they are built, to read or to change
 *   node scripts/libwebrtc/index.mjs build <dir> <tree>   builds a tree from such sources
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  realpathSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { installCommand, missingPackages } from '../setup/debian.mjs';
import { isProgram } from '../setup/paths.mjs';
import { SetupError, main, step } from '../setup/report.mjs';
import { hashOf, identityOf } from '../setup/stamp.mjs';
import { compile, configure, install, recipe } from './build.mjs';
import { cacheDirectory, locked } from './cache.mjs';
import { check, expectTree } from './check.mjs';
import { edits } from './edits.mjs';
import { requirements } from './requirements.mjs';
import { explained, interruptible } from './run.mjs';
import { download, packages, unpack, unpackArchive } from './sources.mjs';

/** What is needed of the disk to build from source, in bytes. */
const room = 2.5e9;

const h264 = () => !/^(1|true|yes|on)$/i.test(process.env.LIBWEBRTC_WITHOUT_FFMPEG ?? '');

const canBuild = () => process.platform === 'linux' && process.arch === 'x64';

async function sha256Of(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** A tree that was made here is checked before it gets its name; one from elsewhere leaves a note when it has passed. */
const noteOf = (tree) =>
  cacheDirectory(
    'checked',
    createHash('sha256')
      .update(
        `${realpathSync(tree)} ${identityOf(join(tree, 'lib', 'libwebrtc.a'))} ${hashOf(['scripts/libwebrtc/check.cc'])}`,
      )
      .digest('hex')
      .slice(0, 16),
  );

const builtTree = () => cacheDirectory(`m150-${hashOf(recipe, [packages, edits, h264()]).slice(0, 16)}`);

/** Says what a check has found, in a few words. */
const summary = (found) => `${found.filter((line) => line.startsWith('ok')).length} of ${found.length} tests passed`;

/** Says at once what is missing, before anything is fetched or built. */
function expectPackages(names) {
  const missing = missingPackages(names);
  if (missing.length === 0) return;
  throw new SetupError(
    `To provide libwebrtc, these Debian packages are needed and not installed: ${missing.join(', ')}. On Debian:\n\n  ${installCommand(missing)}`,
  );
}

async function fromDirectory() {
  const tree = resolve(process.env.LIBWEBRTC_DIR);
  expectTree(tree, `LIBWEBRTC_DIR=${process.env.LIBWEBRTC_DIR}`);
  const note = noteOf(tree);
  if (existsSync(note)) return tree;
  expectPackages(requirements.tree);
  await step('libwebrtc (LIBWEBRTC_DIR)', async (progress) => summary(await check(tree, progress)));
  try {
    mkdirSync(join(note, '..'), { recursive: true });
    writeFileSync(note, `${tree}\n`);
  } catch {
    // Without a cache directory it is checked again next time.
  }
  return tree;
}

/** The directory in which an archive's tree lies: the archive may have been packed with or without a directory around it. */
function rootOf(directory) {
  const entries = readdirSync(directory);
  return entries.length === 1 && !existsSync(join(directory, 'lib')) ? join(directory, entries[0]) : directory;
}

async function fromArchive() {
  const archive = resolve(process.env.LIBWEBRTC_ARCHIVE);
  if (!existsSync(archive)) throw new SetupError(`LIBWEBRTC_ARCHIVE=${process.env.LIBWEBRTC_ARCHIVE} does not exist.`);
  const sha256 = await sha256Of(archive);
  const tree = cacheDirectory(`archive-${sha256.slice(0, 16)}`);
  if (existsSync(tree)) return tree;
  expectPackages(requirements.archive);
  await step('libwebrtc (LIBWEBRTC_ARCHIVE)', (progress) =>
    exclusively(tree, progress, async (work) => {
      const directory = join(work, 'unpacked');
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true });
      progress('unpack');
      await unpackArchive(archive, sha256, directory, { strip: 0 });
      const unpacked = rootOf(directory);
      expectTree(unpacked, `LIBWEBRTC_ARCHIVE=${process.env.LIBWEBRTC_ARCHIVE}`);
      const found = await check(unpacked, progress);
      renameSync(unpacked, tree);
      return summary(found);
    }),
  );
  return tree;
}

/** Runs `work` in a directory beside the tree, alone, unless another process has made the tree in the meantime. */
async function exclusively(tree, progress, work) {
  const directory = `${tree}.work`;
  return locked(
    `${tree}.lock`,
    async () => {
      if (existsSync(tree)) return 'made by another process';
      const result = await work(directory);
      rmSync(directory, { recursive: true, force: true });
      return result;
    },
    (holder) => progress(`waits for process ${holder}, which makes the same`),
  );
}

async function fromSource() {
  const tree = builtTree();
  if (existsSync(tree)) return tree;
  if (!canBuild()) {
    throw new SetupError(
      `libwebrtc can be built on Linux on x86-64 only, and this is ${process.platform} on ${process.arch}. Set LIBWEBRTC_DIR to an install tree of libwebrtc M150 (include/ and lib/libwebrtc.a, made by clang with libc++, with NDEBUG and RTTI, without exceptions).`,
    );
  }
  expectPackages(requirements.source);
  const work = `${tree}.work`;
  const sources = join(work, 'sources');
  const build = join(work, 'build');
  let made;
  // Each step in a line of its own, all under one lock.
  let waited = false;
  await locked(
    `${tree}.lock`,
    async () => {
      if (existsSync(tree)) return;
      mkdirSync(work, { recursive: true });
      if (!existsSync(sources)) {
        const { bavail, bsize } = statfsSync(work);
        if (bavail * bsize < room) {
          throw new SetupError(
            `Building libwebrtc takes ${room / 1e9} GB of disk, and ${work} has ${((bavail * bsize) / 1e9).toFixed(1)} GB. Make room, or set XDG_CACHE_HOME to a directory on another disk.`,
          );
        }
        let archives = process.env.LIBWEBRTC_SOURCES && resolve(process.env.LIBWEBRTC_SOURCES);
        if (archives === undefined || archives === '') {
          if (!existsSync('/usr/bin/apt-get')) {
            throw new SetupError(
              `libwebrtc's sources come from Debian's archive, by apt-get, which is missing here. Set LIBWEBRTC_SOURCES to a directory with the source packages of Debian 12 (${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}), or LIBWEBRTC_DIR to an install tree.`,
            );
          }
          archives = join(work, 'download');
          mkdirSync(archives, { recursive: true });
          await step('libwebrtc 1/5, download of the sources', (progress) => download(archives, progress));
        }
        await step('libwebrtc 2/5, unpack', (progress) =>
          unpack(archives, sources, progress, { discard: archives.startsWith(work) }),
        );
        // What is unpacked is verified; the archives are no longer needed.
        rmSync(join(work, 'download'), { recursive: true, force: true });
      }
      await step('libwebrtc 3/5, configure', async () => {
        await configure(sources, build, { h264: h264() });
        return h264() ? 'all codecs' : 'without H.264';
      });
      await step('libwebrtc 4/5, compile', (progress) => compile(build, progress));
      await step('libwebrtc 5/5, check', async (progress) => {
        made = join(work, 'tree');
        await install(build, made);
        const found = await check(made, progress);
        renameSync(made, tree);
        rmSync(work, { recursive: true, force: true });
        return `${summary(found)}; installed in ${tree}`;
      });
    },
    (holder) => {
      if (!waited) process.stderr.write(`  … libwebrtc: waits for process ${holder}, which builds it\n`);
      waited = true;
    },
  );
  return tree;
}

/**
 * The path of an install tree that has been checked; makes one if there is none.
 *
 * @returns {Promise<string>}
 * @throws {SetupError} with what to do
 */
export async function provideLibwebrtc() {
  try {
    return await interruptible(() => {
      if (process.env.LIBWEBRTC_DIR) return fromDirectory();
      if (process.env.LIBWEBRTC_ARCHIVE) return fromArchive();
      return fromSource();
    });
  } catch (error) {
    throw explained(error, cacheDirectory());
  }
}

/** The Debian packages that {@link provideLibwebrtc} needs now: none for a tree that is there and checked. */
export async function libwebrtcPackages() {
  if (process.env.LIBWEBRTC_DIR) {
    try {
      return existsSync(noteOf(resolve(process.env.LIBWEBRTC_DIR))) ? [] : requirements.tree;
    } catch {
      return [];
    }
  }
  if (process.env.LIBWEBRTC_ARCHIVE) {
    try {
      const tree = cacheDirectory(`archive-${(await sha256Of(process.env.LIBWEBRTC_ARCHIVE)).slice(0, 16)}`);
      return existsSync(tree) ? [] : requirements.archive;
    } catch {
      return requirements.archive;
    }
  }
  return !canBuild() || existsSync(builtTree()) ? [] : requirements.source;
}

const commands = {
  async check(tree) {
    expectTree(tree, tree);
    process.stdout.write(`${(await check(resolve(tree), () => {})).join('\n')}\n`);
  },
  async unpack(into) {
    const archives = process.env.LIBWEBRTC_SOURCES
      ? resolve(process.env.LIBWEBRTC_SOURCES)
      : `${resolve(into)}.download`;
    mkdirSync(archives, { recursive: true });
    await step('download', (progress) => download(archives, progress));
    await step('unpack', (progress) => unpack(archives, resolve(into), progress));
  },
  async build(sources, tree) {
    const build = `${resolve(tree)}.build`;
    await step('configure', async () => (await configure(resolve(sources), build, { h264: h264() })) ?? build);
    await step('compile', (progress) => compile(build, progress));
    await install(build, resolve(tree));
    await commands.check(tree);
  },
};

if (isProgram(import.meta.url)) {
  const [command, ...args] = process.argv.slice(2);
  await main(async () => {
    if (command === undefined) {
      process.stdout.write(`${await provideLibwebrtc()}\n`);
    } else if (command in commands && args.length === commands[command].length) {
      await interruptible(() => commands[command](...args));
    } else {
      throw new SetupError('usage: index.mjs [check <tree> | unpack <directory> | build <sources> <tree>]');
    }
  });
}
