/** The project's Web IDL layer: conversions, dictionaries, interface objects and event-handler attributes. */
export * from './compound';
export * from './converters';
export * from './dictionary';
export * from './event_handler';
export * from './event_init';
export * from './interface';
export * from './trusted_event';
export * from './typed_event_target';
