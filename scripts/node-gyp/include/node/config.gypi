# Read beside common.gypi by node-gyp.
{
  'target_defaults': {},
  'variables': {}
}
