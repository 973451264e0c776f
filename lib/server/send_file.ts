/** Files as responses, whole or in part. */
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { byteRange, namesTag } from './byte_range';
import type { Exchange } from './exchange';
import { Problem } from './problem';

/** How a file is sent. */
export interface SendFileOptions {
  /** Media type. */
  type: string;
  /** The name under which it is to be saved; without one it is shown. */
  downloadName?: string;
  /** Whether it still grows. */
  growing?: boolean;
}

/**
 * Sends an open file and closes it. Serves ranges, and conditions on the entity tag (RFC 9110, sections 13 and 14).
 *
 * @throws Problem 416 for a range that is not there
 */
export async function sendFile(exchange: Exchange, handle: FileHandle, options: SendFileOptions): Promise<void> {
  try {
    const { size, mtimeMs, mtime } = await handle.stat();
    const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    const headers: Record<string, string> = {
      'accept-ranges': 'bytes',
      'content-type': options.type,
      etag: tag,
      'last-modified': mtime.toUTCString(),
      'cache-control': options.growing === true ? 'no-store' : 'private, no-cache',
    };
    if (options.downloadName !== undefined) {
      headers['content-disposition'] = `attachment; filename="${options.downloadName.replace(/[^\w.-]/g, '_')}"`;
    }
    if (namesTag(exchange.header('if-none-match'), tag)) {
      exchange.empty(304, { etag: tag });
      return;
    }
    const condition = exchange.header('if-range');
    const asked =
      condition === undefined || condition === tag || condition === mtime.toUTCString()
        ? exchange.header('range')
        : undefined;
    const range = byteRange(asked, size);
    if (range === 'unsatisfiable') {
      throw new Problem(416, `The file has ${size} bytes.`, { 'content-range': `bytes */${size}` });
    }
    const { response } = exchange;
    const { start, end } = range === 'whole' ? { start: 0, end: size - 1 } : range;
    headers['content-length'] = String(end - start + 1);
    if (range !== 'whole') headers['content-range'] = `bytes ${start}-${end}/${size}`;
    response.writeHead(range === 'whole' ? 200 : 206, headers);
    if (exchange.method === 'HEAD' || size === 0) {
      response.end();
      return;
    }
    try {
      await pipeline(handle.createReadStream({ start, end, autoClose: false }), response);
    } catch (error) {
      // Whoever plays a file leaves whenever it likes.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  } finally {
    await handle.close();
  }
}
