import { DOMString, constructorOperation, defineInterface } from '../webidl';

const CONSTRUCT = constructorOperation('OverconstrainedError');

/**
 * A required constraint cannot be satisfied.
 *
 * Implements Media Capture and Streams, section 4.3.9 (OverconstrainedError).
 */
export class OverconstrainedError extends DOMException {
  readonly #constraint: string;

  /**
   * @param constraint the name of the constraint, or `''`
   * @param message what people read
   */
  constructor(constraint: string, message = '') {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const name = DOMString(constraint, CONSTRUCT.parameter(1));
    super(DOMString(message, CONSTRUCT.parameter(2)), 'OverconstrainedError');
    this.#constraint = name;
  }

  /** The name of the constraint at fault; `''` where no single one is. */
  get constraint(): string {
    return this.#constraint;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
