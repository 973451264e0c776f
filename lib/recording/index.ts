/**
 * `node-libwebrtc/recording`: recorders of media streams.
 *
 * @packageDocumentation
 */
export { ErrorEvent, type ErrorEventInit } from '../errors/ErrorEvent';
export * from './recorders';
