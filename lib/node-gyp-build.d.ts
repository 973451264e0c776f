/** `node-gyp-build` ships no types: loads the addon that belongs to a package's directory. */
declare module 'node-gyp-build' {
  function load(directory: string): unknown;
  namespace load {
    /** Where the addon is; throws when there is none. */
    function path(directory: string): string;
  }
  export = load;
}
