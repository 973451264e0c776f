/**
 * Data channels in messages to other threads: a channel goes as a whole, and from then on its messages go straight from
 * the network to the thread that has it, past the one of its connection.
 *
 * Implements WebRTC, section 6.2 (the transfer steps and transfer-receiving steps of RTCDataChannel).
 */
import { dataCloneError, definePlatformObject } from '../clone/platform_objects';
import { activate, deactivate } from '../lifetime';
import { native } from '../native';
import {
  isDataChannel,
  receiveDataChannel,
  releaseDataChannel,
  type DataChannelOwner,
  type RTCDataChannel,
  type RTCDataChannelState,
} from './RTCDataChannel';

interface ChannelContent {
  readonly token: bigint;
  readonly readyState: RTCDataChannelState;
}

definePlatformObject<RTCDataChannel, ChannelContent>({
  name: 'RTCDataChannel',
  is: isDataChannel,
  transfer: (channel) => {
    const released = releaseDataChannel(channel);
    if (released === null) {
      throw dataCloneError('The RTCDataChannel can be transferred only in the task in which it was made.');
    }
    const { token, readyState, commit, rollback } = released;
    return { data: { token, readyState }, commit, rollback };
  },
  deserialize: ({ token, readyState }) => {
    const handle = native.adoptDataChannel(token);
    if (handle === null) throw dataCloneError('The thread of the RTCDataChannel has ended.');
    // It stays alive as long as it can fire events, and holds the event loop while it is open.
    const owner: DataChannelOwner = {
      maxMessageSize: () => handle.maxMessageSize,
      dataChannelOpened: () => activate(handle, true),
      dataChannelClosed: () => deactivate(handle),
      dataChannelReleased: () => undefined,
    };
    activate(handle, false);
    return receiveDataChannel(handle, owner, readyState);
  },
});
