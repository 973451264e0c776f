/** What an ELF shared object of 64 bits in little-endian order says to the dynamic loader. */

const DT = {
  NEEDED: 1,
  STRTAB: 5,
  SYMTAB: 6,
  STRSZ: 10,
  VERSYM: 0x6ffffff0,
  VERNEED: 0x6ffffffe,
  VERNEEDNUM: 0x6fffffff,
};
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const SYMBOL_SIZE = 24;

/**
 * @param {Buffer} file
 * @returns {{
 *   needed: string[],
 *   versions: { library: string, version: string }[],
 *   symbols: { name: string, defined: boolean, weak: boolean, version: string | null }[],
 *   hasSymbolTable: boolean,
 * }} the libraries it needs, the versions it needs of them, its dynamic symbols with the version they are bound to, and
 *   whether it has a table of symbols for debuggers
 */
export function readDynamic(file) {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    throw new Error('not ELF64, little-endian');
  const number = (at) => Number(file.readBigUInt64LE(at));

  // Sections, and the segments by which addresses become places in the file.
  const sections = Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = number(40) + index * file.readUInt16LE(58);
    return { type: file.readUInt32LE(at + 4), offset: number(at + 24), size: number(at + 32) };
  });
  const segments = Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const at = number(32) + index * file.readUInt16LE(54);
    return { type: file.readUInt32LE(at), offset: number(at + 8), address: number(at + 16), size: number(at + 32) };
  });
  const placeOf = (address) => {
    const { offset, address: start } = segments.find(
      (segment) => segment.type === 1 && address >= segment.address && address < segment.address + segment.size,
    );
    return address - start + offset;
  };

  // The dynamic section.
  const dynamic = segments.find(({ type }) => type === 2);
  const entries = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16)
    entries.push([number(at), number(at + 8)]);
  const value = (tag) => entries.find(([own]) => own === tag)?.[1];
  const strings = placeOf(value(DT.STRTAB));
  const text = (offset) => {
    const start = strings + offset;
    return file.toString('latin1', start, file.indexOf(0, start));
  };

  // Versions that are needed, by the index under which symbols name them.
  const versions = [];
  const byIndex = new Map();
  for (let at = placeOf(value(DT.VERNEED)), left = value(DT.VERNEEDNUM); left > 0; left--) {
    const library = text(file.readUInt32LE(at + 4));
    for (let aux = at + file.readUInt32LE(at + 8), count = file.readUInt16LE(at + 2); count > 0; count--) {
      const version = text(file.readUInt32LE(aux + 8));
      versions.push({ library, version });
      byIndex.set(file.readUInt16LE(aux + 6), version);
      aux += file.readUInt32LE(aux + 12);
    }
    at += file.readUInt32LE(at + 12);
  }

  const table = sections.find(({ type }) => type === SHT_DYNSYM);
  const versionTable = placeOf(value(DT.VERSYM));
  const symbols = Array.from({ length: table.size / SYMBOL_SIZE }, (_, index) => {
    const at = table.offset + index * SYMBOL_SIZE;
    return {
      name: text(file.readUInt32LE(at)),
      defined: file.readUInt16LE(at + 6) !== 0,
      weak: file[at + 4] >> 4 === 2,
      version: byIndex.get(file.readUInt16LE(versionTable + index * 2) & 0x7fff) ?? null,
    };
  }).filter(({ name }) => name !== '');

  return {
    needed: entries.filter(([tag]) => tag === DT.NEEDED).map(([, offset]) => text(offset)),
    versions,
    symbols,
    hasSymbolTable: sections.some(({ type }) => type === SHT_SYMTAB),
  };
}
