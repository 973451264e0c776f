/** `EventInit`, the dictionary that every event's own dictionary inherits from (DOM, section 2.2). */
import { boolean } from './converters';
import { dictionary } from './dictionary';

/** Options that every event's constructor takes. */
export interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

/** `EventInit` after conversion: every member is there. */
export interface ConvertedEventInit {
  bubbles: boolean;
  cancelable: boolean;
  composed: boolean;
}

/** Converts `EventInit`. */
export const eventInit = dictionary<ConvertedEventInit>('EventInit', {
  bubbles: { type: boolean, default: false },
  cancelable: { type: boolean, default: false },
  composed: { type: boolean, default: false },
});
