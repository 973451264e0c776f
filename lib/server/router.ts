/** Which handler a request is for. */
import type { Exchange } from './exchange';
import { Problem } from './problem';

/** Answers a request; what it throws becomes an error response. */
export type Handler = (exchange: Exchange) => Promise<void> | void;

/** What is known of a route beside its handlers. */
export interface RouteOptions {
  /** Pages of other origins may use it. */
  crossOrigin?: boolean;
  /** More header fields of the response to OPTIONS. */
  optionsHeaders?: Record<string, string> | ((exchange: Exchange) => Record<string, string | string[]>);
}

interface Route extends RouteOptions {
  pattern: string;
  segments: string[];
  handlers: Record<string, Handler>;
}

/** A table of routes. */
export class Router {
  readonly #routes: Route[] = [];

  /**
   * Adds a route.
   *
   * @param pattern a path; a segment `:name` stands for any one segment
   * @param handlers by method; GET serves HEAD, too, and OPTIONS is answered here
   */
  add(pattern: string, handlers: Record<string, Handler>, options: RouteOptions = {}): void {
    const all = handlers['GET'] === undefined ? handlers : { HEAD: handlers['GET'], ...handlers };
    this.#routes.push({ pattern, segments: pattern.split('/'), handlers: all, ...options });
  }

  /**
   * The route of a request; sets its parameters.
   *
   * @throws Problem 404 without one, 400 for a path that is malformed
   */
  find(exchange: Exchange): Route {
    const segments = exchange.path.split('/');
    for (const route of this.#routes) {
      const parameters = match(route.segments, segments);
      if (parameters === null) continue;
      exchange.parameters = parameters;
      exchange.route = route.pattern;
      return route;
    }
    throw new Problem(404, 'There is nothing here.');
  }

  /**
   * Runs the handler.
   *
   * @throws Problem 405 when the route does not have the method
   */
  async run(route: Route, exchange: Exchange): Promise<void> {
    const { method } = exchange;
    const allow = [...Object.keys(route.handlers), 'OPTIONS'].join(', ');
    if (method === 'OPTIONS') {
      const more =
        typeof route.optionsHeaders === 'function' ? route.optionsHeaders(exchange) : (route.optionsHeaders ?? {});
      exchange.empty(200, { allow, ...more });
      return;
    }
    const handler = Object.hasOwn(route.handlers, method) ? route.handlers[method] : undefined;
    if (handler === undefined) throw new Problem(405, `${method} is not possible here.`, { allow });
    await handler(exchange);
  }
}

function match(pattern: string[], segments: string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index]!;
    if (!expected.startsWith(':')) {
      if (segment !== expected) return null;
      continue;
    }
    if (segment === '') return null;
    try {
      parameters[expected.slice(1)] = decodeURIComponent(segment);
    } catch {
      throw new Problem(400, 'The path is malformed.');
    }
  }
  return parameters;
}
