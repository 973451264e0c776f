require('./expose.cjs').expose('node-datachannel/polyfill');
