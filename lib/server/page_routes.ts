/** The page and what it asks for: live sessions, recordings; and health and metrics. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenCookie, type Access, type Role } from './access';
import type { Exchange } from './exchange';
import type { Library } from './library';
import type { LiveFeed } from './LiveFeed';
import { Problem } from './problem';
import type { RecordingInfo } from './recording_info';
import type { Router } from './router';
import { sendFile } from './send_file';
import type { ServerMetrics } from './server_metrics';
import type { Sessions } from './Sessions';
import type { Thumbnails } from './thumbnails';

/** What the routes work with. */
export interface PageRoutesContext {
  access: Access;
  sessions: Sessions;
  library: Library;
  feed: LiveFeed;
  thumbnails: Thumbnails;
  metrics: ServerMetrics;
}

const DIRECTORY = join(__dirname, 'page');
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
/** Everything that the page is made of: nothing else can be asked for. */
const FILES = [
  'index.html',
  'style.css',
  'rooms.css',
  'icon.svg',
  'page.mjs',
  'feed.mjs',
  'live.mjs',
  'publish.mjs',
  'recordings.mjs',
  'rtc.mjs',
  'dom.mjs',
];

/** The page loads nothing from elsewhere and runs no script but its own. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
};

const MOST_LISTED = 500;

/** Adds the routes. */
export function addPageRoutes(router: Router, context: PageRoutesContext): void {
  const { access, sessions, library, feed, thumbnails, metrics } = context;
  const authorize = (exchange: Exchange, role: Role) => {
    access.require(role, exchange.header('authorization'), exchange.header('cookie'));
  };

  const cache = new Map<string, Promise<Buffer>>();
  const file = (name: string) => async (exchange: Exchange) => {
    let content = cache.get(name);
    if (content === undefined) cache.set(name, (content = readFile(join(DIRECTORY, name))));
    exchange.body(200, TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream', await content, {
      'cache-control': 'no-cache',
      ...PAGE_HEADERS,
    });
  };
  router.add('/', { GET: file('index.html') });
  for (const name of FILES) router.add(`/${name}`, { GET: file(name) });

  /** What the page must know of tokens, and a way to keep one. */
  router.add('/api/access', {
    GET: (exchange) => {
      const roles = (['publish', 'view', 'admin'] as const).map((role) => {
        let granted = access.isPossible(role);
        try {
          authorize(exchange, role);
        } catch {
          granted = false;
        }
        return [role, { granted, possible: access.isPossible(role) }] as const;
      });
      exchange.json(200, Object.fromEntries(roles));
    },
    POST: async (exchange) => {
      const token = (await exchange.text('text/plain', 4096)).trim();
      const roles = access.roles(token);
      if (roles.length === 0) throw new Problem(401, 'This token is not known.');
      exchange.json(200, { roles }, { 'set-cookie': tokenCookie(token, exchange.secure) });
    },
    DELETE: (exchange) => {
      exchange.empty(204, { 'set-cookie': tokenCookie(null, exchange.secure) });
    },
  });

  router.add('/api/events', {
    GET: (exchange) => {
      authorize(exchange, 'view');
      feed.subscribe(exchange);
    },
  });
  router.add('/api/live', {
    GET: (exchange) => {
      authorize(exchange, 'view');
      exchange.json(200, { sessions: sessions.list().map((session) => session.describe()) });
    },
  });
  const live = (exchange: Exchange) => {
    const session = sessions.find(exchange.parameters['id'] ?? '');
    if (session === undefined) throw new Problem(404, 'Nobody publishes that at the moment.');
    return session;
  };
  router.add('/api/live/:id', {
    GET: (exchange) => {
      authorize(exchange, 'view');
      exchange.json(200, live(exchange).describe());
    },
    DELETE: async (exchange) => {
      authorize(exchange, 'admin');
      await live(exchange).end('ended-by-administrator');
      exchange.empty(204);
    },
  });
  router.add('/api/live/:id/thumbnail', {
    GET: async (exchange) => {
      authorize(exchange, 'view');
      const image = await thumbnails.get(live(exchange));
      if (image === null) throw new Problem(404, 'There is no picture.');
      exchange.body(200, image.type, image.data, { 'cache-control': 'no-store' });
    },
  });

  router.add('/api/recordings', {
    GET: (exchange) => {
      authorize(exchange, 'view');
      const number = (name: string, otherwise: number) => {
        const value = exchange.query.get(name);
        if (value === null) return otherwise;
        if (!/^\d{1,9}$/.test(value)) throw new Problem(400, `${name} is no number.`);
        return Number(value);
      };
      const [offset, limit] = [number('offset', 0), Math.min(number('limit', 50), MOST_LISTED)];
      const all = library.list();
      exchange.json(200, { total: all.length, recordings: all.slice(offset, offset + limit).map(publicInfo) });
    },
  });
  const recording = (exchange: Exchange): RecordingInfo => {
    const info = library.get(exchange.parameters['id'] ?? '');
    if (info === undefined) throw new Problem(404, 'There is no such recording.');
    return info;
  };
  router.add('/api/recordings/:id', {
    GET: (exchange) => {
      authorize(exchange, 'view');
      exchange.json(200, publicInfo(recording(exchange)));
    },
    DELETE: async (exchange) => {
      authorize(exchange, 'admin');
      const info = recording(exchange);
      if (info.state === 'recording') throw new Problem(409, 'It is not finished.');
      await library.delete(info);
      exchange.empty(204);
    },
  });
  router.add('/recordings/:file', {
    GET: async (exchange) => {
      authorize(exchange, 'view');
      const name = exchange.parameters['file'] ?? '';
      const info = library.get(name.replace(/\.[^.]*$/, ''));
      if (info?.file !== name) throw new Problem(404, 'There is no such recording.');
      const handle = await library.openFile(info).catch(() => {
        throw new Problem(404, 'The file of this recording is gone.');
      });
      await sendFile(exchange, handle, {
        type: name.endsWith('.mp4') ? 'video/mp4' : 'video/webm',
        growing: info.state === 'recording',
        ...(exchange.query.has('download') ? { downloadName: name } : {}),
      });
    },
  });

  router.add('/health', {
    GET: (exchange) => {
      const { refusal } = sessions;
      exchange.json(refusal === null ? 200 : 503, {
        status: refusal === null ? 'ok' : 'refusing',
        ...(refusal === null ? {} : { detail: refusal }),
        publishers: sessions.list().length,
        viewers: sessions.viewerCount,
      });
    },
  });
  router.add('/metrics', {
    GET: (exchange) => {
      authorize(exchange, 'metrics');
      exchange.body(200, 'text/plain; version=0.0.4; charset=utf-8', metrics.render());
    },
  });
}

/** What viewers may know: not who published from where. */
function publicInfo({ client: _, ...info }: RecordingInfo): Omit<RecordingInfo, 'client'> {
  return info;
}
