/** The report for people. */
import type { CallReport, CandidateReport, Report, ServerReport } from './report';

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const milliseconds = (value: number): string => `${number(value, value < 10 ? 1 : 0)} ms`;
const bits = (value: number): string =>
  value >= 1e6 ? `${number(value / 1e6, 1)} Mbit/s` : `${number(value / 1e3)} kbit/s`;
const list = (values: readonly string[]): string => (values.length === 0 ? 'none' : values.join(', '));
/** An address with its port, an IPv6 one in brackets. */
const endpoint = ({ address, port }: CandidateReport): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** Colours, or none where nobody sees them. */
export interface Style {
  heading(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

const wrap = (code: number) => (text: string) => `\x1b[${code}m${text}\x1b[0m`;
const plain = (text: string): string => text;
/** For a terminal. */
export const coloured: Style = { heading: wrap(1), good: wrap(32), bad: wrap(31), dim: wrap(2) };
/** For everything else. */
export const colourless: Style = { heading: plain, good: plain, bad: plain, dim: plain };

/** Lines of one section: a name and what there is to say. */
type Rows = [name: string, value: string][];

function section(style: Style, title: string, rows: Rows): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  const continued = `\n${' '.repeat(width + 4)}`;
  return [
    style.heading(title),
    ...rows.map(([name, value]) => `  ${style.dim(name.padEnd(width))}  ${value.replaceAll('\n', continued)}`),
    '',
  ];
}

function serverRow(style: Style, { url, ok, time, errors, verdict }: ServerReport): [string, string] {
  const mark = ok ? style.good('✔') : style.bad('✖');
  const took = time === null ? '' : style.dim(` (${milliseconds(time)})`);
  const reasons = errors.map(({ code, text }) => `\n${style.dim(`${code} ${text}`)}`).join('');
  return [url, `${mark} ${verdict}${took}${reasons}`];
}

function callRows(style: Style, { ok, error, connectTime, roundTripTime, data, audio, video }: CallReport): Rows {
  const rows: Rows = [];
  if (connectTime !== undefined) rows.push(['connected', `in ${milliseconds(connectTime)}`]);
  if (roundTripTime !== undefined) rows.push(['message', `there and back in ${number(roundTripTime, 2)} ms`]);
  if (data !== undefined) rows.push(['data', `${number(data.rate / 1e6, 1)} MB/s`]);
  if (audio !== undefined) {
    const lost = audio.packetsLost === 0 ? 'none lost' : `${number(audio.packetsLost)} lost`;
    rows.push(['audio', `${audio.codec}, ${bits(audio.bitsPerSecond)}, ${number(audio.packets)} packets, ${lost}`]);
  }
  if (video !== undefined) {
    const { codec, width, height, framesPerSecond, bitsPerSecond, encoder, decoder } = video;
    const picture = `${width}×${height} at ${number(framesPerSecond, 1)} frames/s`;
    rows.push(['video', `${codec}, ${picture}, ${bits(bitsPerSecond)} ${style.dim(`(${encoder} → ${decoder})`)}`]);
  }
  rows.push(['result', ok ? style.good('✔ works') : style.bad(`✖ ${error ?? 'does not work'}`)]);
  return rows;
}

/** The whole report. */
export function render(report: Report, style: Style): string {
  const { platform, build, codecs, network, servers, call, problems } = report;
  const { addon } = build;
  const lines = [
    ...section(style, 'Platform', [
      ['runtime', `${platform.runtime}, Node-API ${platform.nodeApi}`],
      ['system', `${platform.os}, ${platform.arch}${platform.glibc === null ? '' : `, glibc ${platform.glibc}`}`],
      ['machine', `${platform.processors} × ${platform.processor}, ${number(platform.memory / 2 ** 30, 1)} GiB`],
    ]),
    ...section(style, 'Build', [
      ['package', `node-libwebrtc ${build.version}, libwebrtc M${build.libwebrtc}`],
      ...(addon.path === null
        ? []
        : ([['addon', `${addon.kind ?? ''}, ${number((addon.size ?? 0) / 1e6, 1)} MB\n${addon.path}`]] as Rows)),
      addon.loaded
        ? ['loads', `${style.good('✔')} in ${milliseconds(addon.loadTime ?? 0)}`]
        : ['loads', `${style.bad('✖')} ${addon.error ?? ''}`],
    ]),
  ];
  if (codecs !== undefined) {
    const { audio, video } = codecs;
    lines.push(
      ...section(style, 'Codecs', [
        ['audio, sends', list(audio.send)],
        ['audio, receives', list(audio.receive)],
        ['video, sends', list(video.send)],
        ['video, receives', list(video.receive)],
      ]),
    );
  }
  if (network !== undefined) {
    lines.push(
      ...section(style, 'Network', [
        ...network.interfaces.map(
          ({ name, address, internal }) =>
            [name, `${address}${internal ? style.dim(' (this machine only)') : ''}`] as [string, string],
        ),
        ['candidates', network.candidates.length === 0 ? 'none' : network.candidates.map(endpoint).join('\n')],
      ]),
    );
  }
  if (servers !== undefined && servers.length > 0) {
    lines.push(
      ...section(
        style,
        'Servers',
        servers.map((server) => serverRow(style, server)),
      ),
    );
  }
  if (call !== undefined) lines.push(...section(style, 'A call of this process with itself', callRows(style, call)));
  if (problems.length === 0) lines.push(style.good('Everything that was tried works.'));
  else lines.push(...problems.map((problem) => style.bad(`✖ ${problem}`)));
  return `${lines.join('\n')}\n`;
}
