/**
 * `node-libwebrtc/recording`: recorders of media streams.
 *
 * @module node-libwebrtc/recording
 */
export { ErrorEvent, type ErrorEventInit } from '../errors/ErrorEvent';
export * from './recorders';
