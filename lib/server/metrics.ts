/** Metrics in the text format of Prometheus (version 0.0.4). */

/** Labels of a sample. */
export type Labels = Record<string, string>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples: () => string[];
}

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"');

function labelled(name: string, labels: Labels): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`);
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

/** A number that only grows, one for each set of labels. */
export class Counter implements Family {
  readonly type = 'counter';
  readonly #values = new Map<string, number>();

  constructor(
    readonly name: string,
    readonly help: string,
    { labelless = true } = {},
  ) {
    // One without labels is there from the start, so that its first change can be seen.
    if (labelless) this.#values.set(name, 0);
  }

  /** Adds to it. */
  add(amount = 1, labels: Labels = {}): void {
    const key = labelled(this.name, labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
  }

  samples(): string[] {
    return [...this.#values].map(([key, value]) => `${key} ${value}`);
  }
}

/** A number that is read when somebody asks. */
export class Gauge implements Family {
  readonly type = 'gauge';

  constructor(
    readonly name: string,
    readonly help: string,
    readonly read: () => number | readonly (readonly [Labels, number])[],
  ) {}

  samples(): string[] {
    const value = this.read();
    if (typeof value === 'number') return [`${this.name} ${value}`];
    return value.map(([labels, one]) => `${labelled(this.name, labels)} ${one}`);
  }
}

/** How often values were how large. */
export class Histogram implements Family {
  readonly type = 'histogram';
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(
    readonly name: string,
    readonly help: string,
    readonly bounds: readonly number[],
  ) {
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.bounds.forEach((bound, index) => {
      if (value <= bound) this.#counts[index]! += 1;
    });
    this.#sum += value;
    this.#count += 1;
  }

  samples(): string[] {
    return [
      ...this.bounds.map((bound, index) => `${this.name}_bucket{le="${bound}"} ${this.#counts[index]!}`),
      `${this.name}_bucket{le="+Inf"} ${this.#count}`,
      `${this.name}_sum ${this.#sum}`,
      `${this.name}_count ${this.#count}`,
    ];
  }
}

/** What is exposed. */
export class MetricsRegistry {
  readonly #families: Family[] = [];

  /** Adds a metric and gives it back. */
  add<T extends Family>(family: T): T {
    this.#families.push(family);
    return family;
  }

  /** All of it as text. */
  render(): string {
    return this.#families
      .map(({ name, help, type, samples }, index) =>
        [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...samples.call(this.#families[index])]
          .map((line) => `${line}\n`)
          .join(''),
      )
      .join('');
  }
}
