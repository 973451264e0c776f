/**
 * The parts of this folder are the global scope that scripts of identity providers run in. None of them runs here: the
 * text of each function is evaluated in the provider's realm (see `idp_worker.ts`). So they refer to nothing but their
 * parameters and to what every realm has, and what they make belongs to that realm.
 */

/** The global object of a provider's realm. */
export type Scope = Record<string, unknown>;

/** Defines names on a global object as Web IDL does: writable, configurable, not enumerable. */
export type Define = (values: Record<string, unknown>) => void;

/** The way out of a provider's realm: texts alone. */
export interface Bridge {
  /** Asks the thread that has made the realm, and waits for the answer. */
  ask(question: { what: string; [member: string]: unknown }): Record<string, unknown>;
  /** Sends something to it. */
  post(message: { type: string; [member: string]: unknown }): void;
  /** What comes back for a message of a type. */
  on(type: string, receive: (message: Record<string, unknown>) => void): void;
}
