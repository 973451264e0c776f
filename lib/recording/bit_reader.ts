/** Reads bits, the highest of a byte first. Behind the end there are zeros: data from the network may be cut off. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Up to 32 bits as a number. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const byte = this.#bytes[this.#position >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position++;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** An unsigned Exp-Golomb code (H.264, section 9.1; `uvlc` of AV1, section 4.10.3). */
  exponentialGolomb(): number {
    let zeros = 0;
    while (zeros < 32 && this.#position < this.#bytes.length * 8 && !this.flag()) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }
}
