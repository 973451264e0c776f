/** `EventInit`, the dictionary that every event's own dictionary inherits from (DOM, section 2.2). */
import { boolean } from './converters';
import { dictionary } from './dictionary';

/** Options that every event's constructor takes. */
export interface EventInit {
  /** Whether it bubbles; `false` where absent. */
  bubbles?: boolean;
  /** Whether its default can be prevented; `false` where absent. */
  cancelable?: boolean;
  /** Whether it crosses shadow roots; `false` where absent. */
  composed?: boolean;
}

/** `EventInit` after conversion: every member is there. */
export interface ConvertedEventInit {
  /** Whether it bubbles; `false` where absent. */
  bubbles: boolean;
  /** Whether its default can be prevented; `false` where absent. */
  cancelable: boolean;
  /** Whether it crosses shadow roots; `false` where absent. */
  composed: boolean;
}

/** Converts `EventInit`. */
export const eventInit = dictionary<ConvertedEventInit>('EventInit', {
  /** Whether it bubbles; `false` where absent. */
  bubbles: { type: boolean, default: false },
  /** Whether its default can be prevented; `false` where absent. */
  cancelable: { type: boolean, default: false },
  /** Whether it crosses shadow roots; `false` where absent. */
  composed: { type: boolean, default: false },
});
