import { constructorOperation, defineInterface, unrestrictedDouble } from '../webidl';

const CONSTRUCT = constructorOperation('DOMRectReadOnly');

/** The members of a rectangle (Geometry Interfaces, section 3). */
export interface DOMRectInit {
  /** Left edge; 0 where absent. */
  x?: number;
  /** Upper edge; 0 where absent. */
  y?: number;
  /** Width; 0 where absent. */
  width?: number;
  /** Height; 0 where absent. */
  height?: number;
}

/** Brand check for {@link DOMRectReadOnly}. Not part of the public interface. */
export let isDOMRectReadOnly: (value: object) => value is DOMRectReadOnly;

/**
 * A rectangle: the type of `VideoFrame`'s `codedRect` and `visibleRect`.
 *
 * Implements Geometry Interfaces, section 3 (DOMRectReadOnly).
 */
export class DOMRectReadOnly {
  readonly #x: number;
  readonly #y: number;
  readonly #width: number;
  readonly #height: number;

  constructor(x = 0, y = 0, width = 0, height = 0) {
    this.#x = unrestrictedDouble(x, CONSTRUCT.parameter(1));
    this.#y = unrestrictedDouble(y, CONSTRUCT.parameter(2));
    this.#width = unrestrictedDouble(width, CONSTRUCT.parameter(3));
    this.#height = unrestrictedDouble(height, CONSTRUCT.parameter(4));
  }

  /** A rectangle with the members of `other`. */
  static fromRect(other: DOMRectInit = {}): DOMRectReadOnly {
    return new DOMRectReadOnly(other.x, other.y, other.width, other.height);
  }

  /** Left edge, or right edge where the width is negative. */
  get x(): number {
    return this.#x;
  }

  /** Upper edge, or lower edge where the height is negative. */
  get y(): number {
    return this.#y;
  }

  /** Width. */
  get width(): number {
    return this.#width;
  }

  /** Height. */
  get height(): number {
    return this.#height;
  }

  /** The lesser of the two vertical edges' places. */
  get top(): number {
    return Math.min(this.#y, this.#y + this.#height);
  }

  /** The larger of `x` and `x + width`. */
  get right(): number {
    return Math.max(this.#x, this.#x + this.#width);
  }

  /** The larger of `y` and `y + height`. */
  get bottom(): number {
    return Math.max(this.#y, this.#y + this.#height);
  }

  /** The smaller of `x` and `x + width`. */
  get left(): number {
    return Math.min(this.#x, this.#x + this.#width);
  }

  /** All of it as a plain object. */
  toJSON(): Record<'x' | 'y' | 'width' | 'height' | 'top' | 'right' | 'bottom' | 'left', number> {
    const x = this.#x;
    const { y, width, height, top, right, bottom, left } = this;
    return { x, y, width, height, top, right, bottom, left };
  }

  static {
    defineInterface(this, { length: 0 });
    isDOMRectReadOnly = (value): value is DOMRectReadOnly => #x in value;
  }
}
