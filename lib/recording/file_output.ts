/**
 * A recording on a disk. A piece is there as a whole or not at all, at whatever moment the process is killed; at the end
 * the index is added and the header completed. A disk that is slow makes pieces wait, and when too much waits the
 * recording leaves some out.
 */
import { close, fstat, ftruncate, open, write } from 'node:fs';
import { promisify } from 'node:util';
import type { PieceInfo } from './engine';
import { fileIndex, type FileIndex } from './file_index';
import type { Container } from './mime_type';
import type { CountingOutput } from './session';
import type { Patch } from './webm_pieces';

const fs = {
  open: promisify(open),
  close: promisify(close),
  fstat: promisify(fstat),
  ftruncate: promisify(ftruncate),
};

interface Waiting {
  readonly bytes: Uint8Array;
  readonly info: PieceInfo | undefined;
}

/** Writes all of `bytes`; a disk that is full takes a part first, and says so at the next call. */
async function writeAll(fd: number, { position, data }: Patch): Promise<void> {
  for (let at = 0; at < data.byteLength;) {
    at += await new Promise<number>((resolve, reject) => {
      write(fd, data, at, data.byteLength - at, position + at, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    });
  }
}

/**
 * Adds to the end of a file. Until all of it is there, it is something that readers pass over, and the file has room for
 * it already: a write that is cut short leaves no torn end.
 *
 * @param cover as long as the first bytes that it stands for
 */
async function append(fd: number, { position, data }: Patch, cover: Uint8Array): Promise<void> {
  const head = cover.byteLength;
  await writeAll(fd, { position, data: cover });
  await fs.ftruncate(fd, position + data.byteLength);
  await writeAll(fd, { position: position + head, data: data.subarray(head) });
  await writeAll(fd, { position, data: data.subarray(0, head) });
}

export class FileOutput implements CountingOutput {
  readonly #path: string;
  readonly #flags: string;
  readonly #limit: number;
  readonly #failed: (error: Error) => void;
  #queue: Waiting[] = [];
  #waiting = 0;
  #index: FileIndex | undefined;
  #fd: number | undefined;
  #length = 0;
  /** The end of the last piece in the file, in seconds. */
  #end = 0;
  #error: Error | undefined;
  #running: Promise<void> | undefined;

  /**
   * @param flags as `fs.open` has them
   * @param limit bytes that wait for the disk at most
   * @param failed called once, when the file cannot be written
   */
  constructor(path: string, flags: string, limit: number, failed: (error: Error) => void) {
    this.#path = path;
    this.#flags = flags;
    this.#limit = limit;
    this.#failed = failed;
    this.#run();
  }

  /** Bytes in the file. */
  get size(): number {
    return this.#length;
  }

  get full(): boolean {
    return this.#waiting >= this.#limit || this.#error !== undefined;
  }

  header(bytes: Uint8Array, container: Container): void {
    this.#index = fileIndex(container, bytes);
    this.#add({ bytes: this.#index.header, info: undefined });
  }

  piece(bytes: Uint8Array, info: PieceInfo): void {
    this.#add({ bytes, info });
  }

  /** Writes what waits and makes the file whole. Resolves when it is closed, with what went wrong if anything did. */
  async finish(): Promise<Error | undefined> {
    await this.#running;
    const fd = this.#fd;
    if (fd === undefined) return this.#error;
    this.#fd = undefined;
    try {
      if (this.#error === undefined) await this.#complete(fd);
      else await this.#abandon(fd);
    } catch (error) {
      this.#error ??= error as Error;
    }
    await fs.close(fd).catch((error: unknown) => (this.#error ??= error as Error));
    return this.#error;
  }

  #add(waiting: Waiting): void {
    if (this.#error !== undefined) return;
    this.#queue.push(waiting);
    this.#waiting += waiting.bytes.byteLength;
    this.#run();
  }

  #run(): void {
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
    });
  }

  async #write(): Promise<void> {
    try {
      this.#fd ??= await fs.open(this.#path, this.#flags);
      const fd = this.#fd;
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const { bytes, info } = next;
        const position = this.#length;
        if (info === undefined) await writeAll(fd, { position, data: bytes });
        else await append(fd, { position, data: bytes }, this.#index!.cover(bytes));
        this.#length += bytes.byteLength;
        this.#waiting -= bytes.byteLength;
        if (info !== undefined) {
          this.#index!.add(info, position);
          this.#end = Math.max(this.#end, info.end);
        }
        // A file that nobody can find any more takes all that is written into it.
        const { nlink } = await fs.fstat(fd);
        if (nlink === 0) throw removed(this.#path);
      }
    } catch (error) {
      this.#queue = [];
      this.#waiting = 0;
      this.#error = error as Error;
      this.#failed(this.#error);
    }
  }

  async #complete(fd: number): Promise<void> {
    const length = this.#length;
    try {
      const index = this.#index;
      for (const patch of index?.complete(length, this.#end) ?? []) {
        if (patch.position < length) await writeAll(fd, patch);
        else await append(fd, patch, index!.cover(patch.data));
        this.#length = Math.max(this.#length, patch.position + patch.data.byteLength);
      }
    } catch (error) {
      this.#length = length;
      this.#error = error as Error;
      await this.#abandon(fd);
    }
  }

  /** Cuts off what was written in part, and says in the header what there is: that needs no room. */
  async #abandon(fd: number): Promise<void> {
    await fs.ftruncate(fd, this.#length);
    for (const patch of this.#index?.abandon(this.#length, this.#end) ?? []) {
      if (patch.position + patch.data.byteLength <= this.#length) await writeAll(fd, patch);
    }
  }
}

function removed(path: string): Error {
  const error = new Error(`ENOENT: the file that is recorded into was removed, '${path}'`);
  return Object.assign(error, { code: 'ENOENT', path, syscall: 'write' });
}
