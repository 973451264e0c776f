/** The directory of the recordings: media files, each with a side-car of the same name. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from './logger';
import { isRecordingId, isRecordingInfo, type RecordingInfo } from './recording_info';

/** No side-car is larger. */
const MAX_SIDE_CAR = 2 ** 20;

/** All recordings. */
export class Library {
  readonly directory: string;
  readonly #recordings = new Map<string, RecordingInfo>();
  readonly #writes = new Map<string, Promise<void>>();
  /** Called when a recording is new, has ended or is gone. */
  onchange: () => void = () => undefined;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Opens a directory, which is made if it is not there, and reads what it has. */
  static async open(directory: string, log: Logger): Promise<Library> {
    const library = new Library(resolve(directory));
    await mkdir(library.directory, { recursive: true });
    for (const name of await readdir(library.directory)) {
      // What an interrupted write has left.
      if (/^\.[A-Za-z0-9_-]+\.json\.tmp$/.test(name)) await rm(join(library.directory, name), { force: true });
      if (name.endsWith('.json')) await library.#read(name, log);
    }
    return library;
  }

  async #read(name: string, log: Logger): Promise<void> {
    const path = join(this.directory, name);
    try {
      if ((await stat(path)).size > MAX_SIDE_CAR) throw new Error('it is too large');
      const info: unknown = JSON.parse(await readFile(path, 'utf8'));
      if (!isRecordingInfo(info) || name !== `${info.id}.json`) throw new Error('it is no side-car');
      const { size } = await stat(join(this.directory, info.file));
      this.#recordings.set(info.id, info);
      if (info.state !== 'recording') return;
      // The process that wrote it has not come to its end.
      Object.assign(info, { state: 'interrupted', reason: 'interrupted', size } satisfies Partial<RecordingInfo>);
      await this.save(info);
    } catch (error) {
      log.warning('side-car left alone', { file: name, error: (error as Error).message });
    }
  }

  /** The path of a file of a recording. */
  path(file: string): string {
    return join(this.directory, file);
  }

  /** How many there are. */
  get size(): number {
    return this.#recordings.size;
  }

  /** Those that have been begun, the latest first. */
  list(): RecordingInfo[] {
    return [...this.#recordings.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  get(id: string): RecordingInfo | undefined {
    return isRecordingId(id) ? this.#recordings.get(id) : undefined;
  }

  /** Adds a recording that begins, and writes its side-car. */
  async add(info: RecordingInfo): Promise<void> {
    // At once: it may be deleted before the side-car is there.
    this.#recordings.set(info.id, info);
    await this.save(info);
    this.onchange();
  }

  /**
   * Writes a side-car, in one step: whoever reads it finds the old state or the new one. Writes of one recording happen
   * one after another.
   *
   * @param lasting whether it must survive a power failure
   */
  save(info: RecordingInfo, lasting = false): Promise<void> {
    const text = `${JSON.stringify(info, null, 2)}\n`;
    const before = this.#writes.get(info.id) ?? Promise.resolve();
    const write = before
      .catch(() => undefined)
      .then(() => replaceFile(this.directory, `${info.id}.json`, text, lasting))
      .finally(() => {
        if (this.#writes.get(info.id) === write) this.#writes.delete(info.id);
      });
    this.#writes.set(info.id, write);
    return write;
  }

  /** Opens the media file of a recording. A link in its place is not followed. */
  openFile(info: RecordingInfo): Promise<FileHandle> {
    return open(this.path(info.file), constants.O_RDONLY | constants.O_NOFOLLOW);
  }

  /** Deletes the files of a recording. */
  async delete(info: RecordingInfo): Promise<void> {
    this.#recordings.delete(info.id);
    await this.#writes.get(info.id)?.catch(() => undefined);
    await rm(this.path(info.file), { force: true });
    await rm(this.path(`${info.id}.json`), { force: true });
    this.onchange();
  }

  /** Bytes that can still be written. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
  }
}

/** Writes a file beside the one that it then takes the place of. */
async function replaceFile(directory: string, name: string, text: string, lasting: boolean): Promise<void> {
  const temporary = join(directory, `.${name}.tmp`);
  try {
    const handle = await open(temporary, 'w', 0o644);
    try {
      await handle.writeFile(text);
      if (lasting) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
