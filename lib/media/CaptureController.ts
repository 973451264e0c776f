import { defineInterface, enumeration, operation } from '../webidl';
import type { MediaStreamTrack } from './MediaStreamTrack';

/** What gets the focus when a window or a tab is captured (Screen Capture, section 5.3). */
export type CaptureStartFocusBehavior = 'focus-capturing-application' | 'focus-captured-surface' | 'no-focus-change';

const captureStartFocusBehavior = enumeration('CaptureStartFocusBehavior', [
  'focus-capturing-application',
  'focus-captured-surface',
  'no-focus-change',
]);

const NAME = 'CaptureController';
const SET_FOCUS_BEHAVIOR = operation(NAME, 'setFocusBehavior');

/**
 * Lets a controller take part in a call of `getDisplayMedia`, once. Not part of the public interface.
 *
 * @throws DOMException `InvalidStateError` when it has taken part in one already
 */
export let bindController: (controller: CaptureController) => void;
/** A capture has begun. Not part of the public interface. */
export let beginCapture: (controller: CaptureController, track: MediaStreamTrack) => void;
/** Brand check for {@link CaptureController}. Not part of the public interface. */
export let isCaptureController: (value: object) => value is CaptureController;

/**
 * Goes with one call of `getDisplayMedia`, to say what gets the focus. A program without windows has none to give: what
 * is said is checked, and changes nothing.
 *
 * Implements Screen Capture, section 5.3 (CaptureController).
 */
export class CaptureController extends EventTarget {
  #bound = false;
  #track: MediaStreamTrack | null = null;
  /** Whether it is too late to say anything. */
  #decided = false;

  /**
   * @param focusBehavior what gets the focus
   * @throws TypeError when it is none of the values
   * @throws DOMException `InvalidStateError` when it is too late, which it is in the task after `getDisplayMedia` has
   *   given its stream; for a capture that has ended; and for one of a whole screen
   */
  setFocusBehavior(focusBehavior: CaptureStartFocusBehavior): void {
    SET_FOCUS_BEHAVIOR.requireArguments(arguments.length, 1);
    captureStartFocusBehavior(focusBehavior, SET_FOCUS_BEHAVIOR.parameter(1));
    const fail = (why: string): never => {
      throw new DOMException(`${SET_FOCUS_BEHAVIOR.prefix}: ${why}`, 'InvalidStateError');
    };
    if (this.#track !== null) {
      if (this.#track.readyState === 'ended') fail('The capture has ended.');
      if (this.#track.getSettings().displaySurface === 'monitor') fail('A screen has no focus.');
    }
    if (this.#decided) fail('It is too late.');
  }

  static {
    defineInterface(this, { length: 0 });
    bindController = (controller) => {
      if (controller.#bound) throw new DOMException('The controller has been used already', 'InvalidStateError');
      controller.#bound = true;
    };
    beginCapture = (controller, track) => {
      controller.#track = track;
      // Behind the task in which the script gets its stream.
      setImmediate(() => {
        controller.#decided = true;
      });
    };
    isCaptureController = (value): value is CaptureController => #bound in value;
  }
}
