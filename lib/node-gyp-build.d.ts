/** `node-gyp-build` ships no types: loads the addon that belongs to a package's directory. */
declare module 'node-gyp-build' {
  function load(directory: string): unknown;
  export = load;
}
