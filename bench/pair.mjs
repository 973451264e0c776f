// Two connected ends in one process.

/** Connects two peers of `library`; resolves with both channels when both are open. */
export async function connectPair(library, channelInit = {}) {
  const started = performance.now();
  let offerer;
  let open = true;
  // Signals cross in tasks of their own, as they would through a server, and are dropped once the pair is closed.
  const deliver = (task) =>
    setImmediate(
      () =>
        open &&
        Promise.resolve()
          .then(task)
          .catch((error) => open && fail(error)),
    );
  const answerer = library.createPeer({
    offerer: false,
    channelInit,
    signal: (message) => deliver(() => offerer.receive(message)),
  });
  offerer = library.createPeer({
    offerer: true,
    channelInit,
    signal: (message) => deliver(() => answerer.receive(message)),
  });
  const [a, b] = await Promise.all([offerer.channel, answerer.channel]);
  return {
    a,
    b,
    milliseconds: performance.now() - started,
    close() {
      open = false;
      offerer.close();
      answerer.close();
    },
  };
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
