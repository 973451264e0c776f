// Which MIME types can be recorded, and what recorders call what they have chosen.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { MediaRecorder, MediaStream } from 'node-libwebrtc';

const require = createRequire(import.meta.url);
const { chooseFormat, fullMimeType, wantedFormat } = require('../../dist/recording/mime_type.js');

const supported = [
  '',
  'video/webm',
  'audio/webm',
  'video/mp4',
  'audio/mp4',
  'video/x-matroska',
  'VIDEO/WebM',
  'video/webm;codecs=vp8',
  'video/webm; codecs="vp8, opus"',
  'video/webm;codecs=vp8,opus',
  'video/webm;codecs="VP9,OPUS"',
  'video/webm;codecs=vp09.00.31.08',
  'video/webm;codecs=av1,opus',
  'video/webm;codecs=av01.0.04M.08',
  'video/webm;codecs=h264',
  'video/webm;codecs=avc1.42E01F',
  'video/webm;charset=utf-8;codecs=opus',
  'audio/webm;codecs=opus',
  'video/mp4;codecs=avc1.64003E,opus',
  'video/mp4;codecs=avc3.64003E',
  'video/mp4;codecs=vp9,opus',
  'video/mp4;codecs=av01,opus',
  'audio/mp4;codecs=opus',
  'video/x-matroska;codecs=avc1,opus',
  'video/x-matroska;codecs=vp8',
];
const unsupported = [
  'video/banana',
  'audio/ogg',
  'webm',
  'video/webm;codecs=vorbis',
  'video/webm;codecs=vp8,vorbis',
  'video/webm;codecs=vp10',
  'audio/webm;codecs=vp8',
  'video/mp4;codecs=vp8',
  'video/mp4;codecs=mp4a.40.2',
  'video/mp4;codecs=avc1.64003E,mp4a.40.2',
  'video/mp4;codecs=hvc1.1.6.L186.B0',
  'audio/x-matroska',
  'video/webm;codecs="vp8',
];

test('isTypeSupported and the constructor say the same', () => {
  for (const mimeType of supported) {
    assert.equal(MediaRecorder.isTypeSupported(mimeType), true, mimeType);
    assert.equal(new MediaRecorder(new MediaStream(), { mimeType }).mimeType, mimeType);
  }
  for (const mimeType of unsupported) {
    assert.equal(MediaRecorder.isTypeSupported(mimeType), false, mimeType);
    assert.throws(() => new MediaRecorder(new MediaStream(), { mimeType }), { name: 'NotSupportedError' });
  }
});

test('a remote video decides what is left open', () => {
  const chosen = (mimeType, remote) => {
    const wanted = wantedFormat(mimeType);
    const format = chooseFormat(wanted, remote);
    return [format.container, format.videoCodec, fullMimeType(wanted, format, { audio: true, video: true })];
  };
  assert.deepEqual(chosen('', undefined), ['webm', 'vp8', 'video/webm;codecs=vp8,opus']);
  assert.deepEqual(chosen('', 'vp9'), ['webm', 'vp9', 'video/webm;codecs=vp9,opus']);
  assert.deepEqual(chosen('', 'av1'), ['webm', 'av1', 'video/webm;codecs=av01,opus']);
  assert.deepEqual(chosen('', 'h264'), ['matroska', 'h264', 'video/x-matroska;codecs=avc1,opus']);
  assert.deepEqual(chosen('video/webm', 'vp9'), ['webm', 'vp9', 'video/webm;codecs=vp9,opus']);
  assert.deepEqual(chosen('video/mp4', undefined), ['mp4', 'h264', 'video/mp4;codecs=avc1,opus']);
  assert.deepEqual(chosen('video/mp4', 'vp9'), ['mp4', 'vp9', 'video/mp4;codecs=vp9,opus']);
  // VP8 does not fit.
  assert.deepEqual(chosen('video/mp4', 'vp8'), ['mp4', 'h264', 'video/mp4;codecs=avc1,opus']);
  assert.deepEqual(chosen('video/webm;codecs=vp8', 'vp9'), ['webm', 'vp8', 'video/webm;codecs=vp8']);
});

test('what is recorded is named by its kinds', () => {
  const named = (mimeType, kinds) => {
    const wanted = wantedFormat(mimeType);
    return fullMimeType(wanted, chooseFormat(wanted, undefined), { audio: false, video: false, ...kinds });
  };
  assert.equal(named('', { audio: true }), 'audio/webm;codecs=opus');
  assert.equal(named('', { video: true }), 'video/webm;codecs=vp8');
  assert.equal(named('audio/mp4', { audio: true }), 'audio/mp4;codecs=opus');
  assert.equal(named('video/webm;codecs=""', { video: true }), 'video/webm;codecs=vp8');
});
