/**
 * What holds the event loop (first argument). A timer that holds nothing itself says that something else did.
 */
import { connectedPair, newPeer } from './peers.mjs';

const stillThere = (finish) =>
  setTimeout(() => {
    console.log('still there');
    finish();
  }, 300).unref();

switch (process.argv[2]) {
  case 'new':
    newPeer();
    stillThere(() => {});
    break;
  case 'connected': {
    const { one, other } = await connectedPair();
    stillThere(() => {
      one.close();
      other.close();
    });
    break;
  }
  case 'unref': {
    const { one, other } = await connectedPair();
    one.unref();
    other.unref();
    stillThere(() => {});
    break;
  }
  case 'unref and ref': {
    const { one, other } = await connectedPair();
    one.unref();
    other.unref();
    one.ref();
    stillThere(() => one.close());
    break;
  }
  case 'closed': {
    const { one, other } = await connectedPair();
    one.close();
    other.close();
    stillThere(() => {});
    break;
  }
  case 'closed by one side': {
    // The other one stays, with a connection that leads nowhere: it must be closed, too, to end.
    const { one, other, near } = await connectedPair();
    const closed = new Promise((resolve) => (near.onclose = resolve));
    other.close();
    await closed;
    one.close();
    stillThere(() => {});
    break;
  }
}
