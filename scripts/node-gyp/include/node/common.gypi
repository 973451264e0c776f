# What node-gyp reads in place of a Node release's own settings, so that it downloads none: the addon's headers come
# from npm's node-api-headers, its flags from CMakeLists.txt, and nothing here would reach either.
{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Debug': {},
      'Release': {},
    },
  },
}
