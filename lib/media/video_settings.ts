/** Which pictures a source can give: the settings among which constraints choose. */
import type { MediaTrackConstraints, MediaTrackSettings } from './constraints';
import { numbersNamed } from './settings_selection';

/** Size in pixels and frames in a second. */
export interface VideoFormat {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Pictures a second. */
  frameRate: number;
}

/** What a device can give. */
export interface VideoModes {
  /** The device's own formats, the preferred one first. */
  readonly formats: readonly VideoFormat[];
  /** Whether the device also makes any format up to this one. */
  readonly upTo?: VideoFormat;
}

const unique = (numbers: readonly number[]): number[] => [...new Set(numbers)];
const within = (numbers: readonly number[], max: number): number[] =>
  unique(numbers.map((number) => Math.round(number))).filter((number) => number >= 1 && number <= max);

/** Sizes for which the constraints may have a reason, in no order. */
function sizesNamed(constraints: MediaTrackConstraints, modes: VideoModes, max: VideoFormat): [number, number][] {
  const ratios = unique([
    ...numbersNamed(constraints, 'aspectRatio').filter((ratio) => ratio > 0),
    ...modes.formats.slice(0, 1).map(({ width, height }) => width / height),
  ]);
  const named = {
    widths: numbersNamed(constraints, 'width'),
    heights: numbersNamed(constraints, 'height'),
  };
  const widths = within([...named.widths, ...modes.formats.map(({ width }) => width), 1, max.width], max.width);
  const heights = within([...named.heights, ...modes.formats.map(({ height }) => height), 1, max.height], max.height);
  const sizes: [number, number][] = [];
  for (const width of widths) {
    for (const height of heights) sizes.push([width, height]);
    for (const ratio of ratios) sizes.push([width, Math.round(width / ratio)]);
  }
  for (const height of heights) {
    for (const ratio of ratios) sizes.push([Math.round(height * ratio), height]);
  }
  return sizes.filter(([width, height]) => width >= 1 && height >= 1 && width <= max.width && height <= max.height);
}

/** Frame rates for which the constraints may have a reason, the preferred ones first. */
function ratesNamed(constraints: MediaTrackConstraints, max: number): number[] {
  const named = numbersNamed(constraints, 'frameRate').filter((rate) => rate > 0 && rate <= max);
  return unique([max, ...named, Math.min(1, max)]);
}

/**
 * Candidates for SelectSettings: the device's own formats as they are (`resizeMode: 'none'`), and the sizes and rates
 * that the constraints name, made from the formats by cropping, scaling down and leaving frames out
 * (`'crop-and-scale'`). Of equally good ones the first is nearest to what the device gives by itself.
 */
export function videoCandidates(modes: VideoModes, constraints: MediaTrackConstraints): MediaTrackSettings[] {
  const preferred = modes.formats[0];
  if (preferred === undefined) return [];
  const found = new Map<string, { settings: MediaTrackSettings; cost: number }>();
  const add = (width: number, height: number, frameRate: number, resizeMode: string, cost: number): void => {
    const key = `${width} ${height} ${frameRate} ${resizeMode}`;
    const known = found.get(key);
    if (known !== undefined && known.cost <= cost) return;
    found.set(key, { settings: { width, height, aspectRatio: width / height, frameRate, resizeMode }, cost });
  };
  const away = (width: number, height: number, frameRate: number): number =>
    Math.abs(Math.log(width / preferred.width)) +
    Math.abs(Math.log(height / preferred.height)) +
    Math.abs(Math.log(frameRate / preferred.frameRate));
  // The sizes of the device first, then pictures of the usual shape, then any.
  const strangeness = (width: number, height: number): number => {
    if (modes.formats.some((own) => own.width === width && own.height === height)) return 0;
    return Math.abs((width / height) * (preferred.height / preferred.width) - 1) < 0.01 ? 100 : 200;
  };

  for (const { width, height, frameRate } of modes.formats) {
    add(width, height, frameRate, 'none', away(width, height, frameRate));
  }
  const max = modes.upTo ?? {
    width: Math.max(...modes.formats.map(({ width }) => width)),
    height: Math.max(...modes.formats.map(({ height }) => height)),
    frameRate: Math.max(...modes.formats.map(({ frameRate }) => frameRate)),
  };
  const rates = unique([preferred.frameRate, ...ratesNamed(constraints, max.frameRate)]);
  for (const [width, height] of sizesNamed(constraints, modes, max)) {
    for (const frameRate of rates) {
      const strange = strangeness(width, height);
      const cost = away(width, height, frameRate) + strange;
      if (modes.upTo !== undefined && strange === 0) add(width, height, frameRate, 'none', cost);
      const made =
        modes.upTo !== undefined ||
        modes.formats.some((own) => own.width >= width && own.height >= height && own.frameRate >= frameRate);
      if (made) add(width, height, frameRate, 'crop-and-scale', cost + 50);
    }
  }
  return [...found.values()].sort((a, b) => a.cost - b.cost).map(({ settings }) => settings);
}

/** The smallest of the formats from which `wanted` can be made. */
export function formatFor(formats: readonly VideoFormat[], wanted: VideoFormat): VideoFormat | undefined {
  return formats
    .filter(
      ({ width, height, frameRate }) =>
        width >= wanted.width && height >= wanted.height && frameRate >= wanted.frameRate - 0.001,
    )
    .sort((a, b) => a.width * a.height * a.frameRate - b.width * b.height * b.frameRate)[0];
}
