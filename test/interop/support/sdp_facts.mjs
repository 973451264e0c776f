/**
 * What a description says, as lines that can be compared: what is random, or a number that only stands for something, is
 * written as what it stands for.
 */

/** @returns {string[]} one line for each fact, with the section it is about */
export function facts(sdp) {
  const [session, ...sections] = sdp.split(/^(?=m=)/m);
  return [
    ...lines(session).flatMap((line) => sessionFact(line)),
    ...sections.flatMap((section, index) => sectionFacts(section, index)),
  ].sort();
}

const lines = (text) => text.split(/\r\n/).filter((line) => line !== '');

function sessionFact(line) {
  if (/^o=/.test(line)) return [`session: ${line.replace(/^o=(\S+) \d+ \d+/, 'o=$1 ID VERSION')}`];
  return [`session: ${line.replace(/^(a=msid-semantic: ?WMS)\b.*/, '$1')}`];
}

function sectionFacts(section, index) {
  const all = lines(section);
  const names = new Map();
  for (const line of all) {
    const [, type, codec] = /^a=rtpmap:(\d+) (.*)/.exec(line) ?? [];
    if (type !== undefined) names.set(type, codec);
  }
  // Codecs of one name are told apart by their parameters.
  const parameters = new Map();
  for (const line of all) {
    const [, type, value] = /^a=fmtp:(\d+) (.*)/.exec(line) ?? [];
    if (type !== undefined)
      parameters.set(
        type,
        value.split(';').map((part) => part.trim()),
      );
  }
  const codec = (type) => {
    const values = (parameters.get(type) ?? []).map((part) =>
      part
        .replace(/^apt=(\d+)$/, (_, of) => `apt=${codec(of)}`)
        .replace(/^\d+(\/\d+)+$/, (list) =>
          list
            .split('/')
            .map((of) => names.get(of) ?? of)
            .join('/'),
        ),
    );
    return [names.get(type) ?? type, ...values.sort()].join(' ');
  };
  return all.flatMap((line) => {
    const fact = sectionFact(line, codec);
    return fact === null ? [] : [`${index}: ${fact}`];
  });
}

/** What differs each time: identities, keys, addresses. */
const RANDOM = /^a=(ice-ufrag|ice-pwd|fingerprint|ssrc|ssrc-group|candidate|msid):?/;

function sectionFact(line, codec) {
  const media = /^m=(\S+) (\S+) (\S+) (.*)/.exec(line);
  if (media) {
    const [, kind, port, protocol] = media;
    return `m=${kind} ${port === '0' ? 'rejected' : 'port'} ${protocol}`;
  }
  const rtp = /^a=(rtpmap|fmtp|rtcp-fb):(\d+) ?(.*)/.exec(line);
  if (rtp) {
    const [, name, type, rest] = rtp;
    return name === 'rtcp-fb'
      ? `rtcp-fb of ${codec(type)}: ${rest}`
      : name === 'rtpmap'
        ? `codec ${codec(type)}`
        : null;
  }
  const random = RANDOM.exec(line);
  if (random) return random[0];
  return line.replace(/^a=extmap:\d+ /, 'a=extmap: ');
}

/** The facts that one of two descriptions has and the other has not. */
export function difference(one, other) {
  const count = (list) => list.reduce((map, fact) => map.set(fact, (map.get(fact) ?? 0) + 1), new Map());
  const [a, b] = [count(one), count(other)];
  const beyond = (x, y) => [...x].flatMap(([fact, times]) => Array(Math.max(0, times - (y.get(fact) ?? 0))).fill(fact));
  return { onlyOne: beyond(a, b), onlyOther: beyond(b, a) };
}
