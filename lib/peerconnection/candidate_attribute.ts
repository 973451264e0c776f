/** The `candidate` attribute of SDP. Implements the grammar of RFC 8839, section 5.1, and RFC 6544, section 4.5. */

/** The fields of a candidate attribute, as `RTCIceCandidate` shows them. */
export interface CandidateAttribute {
  foundation: string;
  component: 'rtp' | 'rtcp';
  protocol: 'udp' | 'tcp';
  priority: number;
  address: string;
  port: number;
  type: 'host' | 'srflx' | 'prflx' | 'relay';
  tcpType: 'active' | 'passive' | 'so' | null;
  relatedAddress: string | null;
  relatedPort: number | null;
}

// foundation component-id transport priority connection-address port "typ" cand-type
const GRAMMAR =
  /^(?:a=)?candidate:([A-Za-z0-9+/]{1,32}) ([0-9]{1,5}) ([!#$%&'*+.^_`{|}~A-Za-z0-9-]+) ([0-9]{1,10}) (\S+) ([0-9]{1,5}) typ (\S+)((?: \S+)*) *$/i;

const COMPONENTS: Readonly<Record<string, CandidateAttribute['component']>> = { 1: 'rtp', 2: 'rtcp' };
const PROTOCOLS: readonly string[] = ['udp', 'tcp'];
const TYPES: readonly string[] = ['host', 'srflx', 'prflx', 'relay'];
const TCP_TYPES: readonly string[] = ['active', 'passive', 'so'];

function numberWithin(digits: string, maximum: number): number | undefined {
  const number = Number(digits);
  return /^[0-9]+$/.test(digits) && number <= maximum ? number : undefined;
}

/**
 * Parses a candidate attribute, with or without `a=`.
 *
 * Returns `null` when it does not match the grammar or when a field holds what `RTCIceCandidate` has no value for (a
 * component above 2, a protocol that is neither UDP nor TCP): the specification then leaves every attribute `null`.
 */
export function parseCandidateAttribute(attribute: string): CandidateAttribute | null {
  const match = GRAMMAR.exec(attribute);
  if (match === null) return null;
  const [, foundation = '', componentId = '', transport = '', priorityDigits = ''] = match;
  const [address = '', portDigits = '', candidateType = '', rest = ''] = match.slice(5);

  const component = COMPONENTS[componentId];
  const protocol = transport.toLowerCase();
  const type = candidateType.toLowerCase();
  const priority = numberWithin(priorityDigits, 0xffffffff);
  const port = numberWithin(portDigits, 0xffff);
  if (component === undefined || priority === undefined || port === undefined) return null;
  if (!PROTOCOLS.includes(protocol) || !TYPES.includes(type)) return null;

  const extensions = rest.split(' ').filter((token) => token !== '');
  let tcpType: string | null = null;
  let relatedAddress: string | null = null;
  let relatedPort: number | null = null;
  for (let index = 0; index + 1 < extensions.length; index += 2) {
    const [name = '', value = ''] = extensions.slice(index);
    switch (name.toLowerCase()) {
      case 'raddr':
        relatedAddress = value;
        break;
      case 'rport': {
        const number = numberWithin(value, 0xffff);
        if (number === undefined) return null;
        relatedPort = number;
        break;
      }
      case 'tcptype':
        if (!TCP_TYPES.includes(value.toLowerCase())) return null;
        tcpType = value.toLowerCase();
        break;
    }
  }

  return {
    foundation,
    component,
    protocol: protocol as CandidateAttribute['protocol'],
    priority,
    address,
    port,
    type: type as CandidateAttribute['type'],
    // An extension that only TCP candidates have a meaning for; elsewhere it is one of those to be ignored.
    tcpType: protocol === 'tcp' ? (tcpType as CandidateAttribute['tcpType']) : null,
    relatedAddress,
    relatedPort,
  };
}
