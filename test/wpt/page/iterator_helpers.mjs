/**
 * The methods of iterators that browsers have and Node.js has from version 22 on. Tests use them on what the package
 * returns; whether the runtime has them is not what is tested.
 */
const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

const helpers = {
  *map(callback) {
    let index = 0;
    for (const value of this) yield callback(value, index++);
  },
  *filter(callback) {
    let index = 0;
    for (const value of this) if (callback(value, index++)) yield value;
  },
  find(callback) {
    let index = 0;
    for (const value of this) if (callback(value, index++)) return value;
    return undefined;
  },
  some(callback) {
    let index = 0;
    for (const value of this) if (callback(value, index++)) return true;
    return false;
  },
  every(callback) {
    return !helpers.some.call(this, (value, index) => !callback(value, index));
  },
  forEach(callback) {
    let index = 0;
    for (const value of this) callback(value, index++);
  },
  toArray() {
    return [...this];
  },
};

for (const [name, value] of Object.entries(helpers)) {
  if (name in IteratorPrototype) continue;
  Object.defineProperty(IteratorPrototype, name, { value, writable: true, configurable: true, enumerable: false });
}
