/** The page's side: calls the Node process, goes through the plan, shows how it comes along. */
import { call, connected, signal } from '/signaling.mjs';
import { exchange } from '/transfer.mjs';

const MIB = 1024 * 1024;
const $ = (selector, root = document) => root.querySelector(selector);
const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** One row for each step of the plan. */
class Row {
  #element;
  #step;
  #done = 0;
  #started = 0;
  #frame = 0;

  constructor(step) {
    this.#step = step;
    this.#element = $('#step').content.firstElementChild.cloneNode(true);
    $('.title', this.#element).textContent =
      step.kind === 'file' ? `File of ${this.#amount(step.amount)}` : this.#amount(step.amount);
    $('.direction', this.#element).textContent = step.from === 'node' ? 'Node → browser' : 'browser → Node';
    $('#steps').append(this.#element);
  }

  #amount(value) {
    return this.#step.kind === 'file' ? `${number(value / MIB, 1)} MiB` : `${number(value)} messages`;
  }

  #rate(value, seconds) {
    if (seconds <= 0) return '';
    return this.#step.kind === 'file'
      ? `${number(value / seconds / 1e6, 1)} MB/s`
      : `${number(value / seconds)} messages/s`;
  }

  /** Comes far more often than anybody can see: only the next frame shows it. */
  progress(done) {
    if (!this.#started) {
      this.#started = performance.now();
      this.#element.dataset.state = 'running';
    }
    this.#done = done;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#show(this.#done, (performance.now() - this.#started) / 1000);
    });
  }

  finish(result) {
    cancelAnimationFrame(this.#frame);
    this.#element.dataset.state = result.ok ? 'good' : 'bad';
    this.#show(this.#step.amount, result.seconds);
    $('.detail', this.#element).textContent = `${result.ok ? '✓' : '✗'} ${result.detail}`;
  }

  #show(done, seconds) {
    $('progress', this.#element).value = Math.max(0, done / this.#step.amount);
    $('.done', this.#element).textContent = `${this.#amount(Math.max(0, done))} in ${number(seconds, 2)} s`;
    $('.rate', this.#element).textContent = this.#rate(done, seconds);
  }
}

function status(state, text) {
  $('.status').dataset.state = state;
  $('#status').textContent = text;
}

function showRoute(connection) {
  const pair = connection.sctp?.transport.iceTransport.getSelectedCandidatePair?.();
  if (!pair) return;
  // A browser hides addresses behind names that say nothing to a reader.
  const hides = (address) => !address || /\.(local|invalid)$/.test(address);
  const end = ({ type, address, port }) => `${type} ${hides(address) ? '' : address}:${port}`;
  $('#route').textContent = `${pair.local.protocol}: ${end(pair.local)} ⇄ ${end(pair.remote)}`;
}

async function run() {
  const plan = await (await fetch('/plan')).json();
  const rows = plan.map((step) => new Row(step));

  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/signal`);
  const failure = new Promise((_, reject) => {
    socket.onerror = () => reject(new Error('the signaling connection failed'));
    socket.onclose = () => reject(new Error('Node has gone away'));
  });
  await Promise.race([new Promise((resolve) => (socket.onopen = resolve)), failure]);

  const connection = new RTCPeerConnection();
  try {
    // Both sides know of this channel without being told: it tells Node what this side has seen.
    const control = connection.createDataChannel('control', { negotiated: true, id: 0 });
    const trouble = new Promise((_, reject) => signal(connection, socket, reject));
    const transfers = exchange(
      connection,
      'browser',
      plan,
      (index, done) => rows[index].progress(done),
      (index, result) => rows[index].finish(result),
    );
    await call(connection, socket);

    await Promise.race([connected(connection), failure, trouble]);
    status('running', 'Connected');
    showRoute(connection);

    const results = await Promise.race([transfers, failure, trouble]);
    control.send(JSON.stringify(results));
    await new Promise((resolve) => (control.onclose = resolve)); // Node closes it when it has the results.
    const good = results.every((result) => result.ok);
    status(good ? 'good' : 'bad', good ? 'Everything has arrived as it was sent' : 'Something was damaged on its way');
    document.body.dataset.result = good ? 'good' : 'bad';
  } catch (error) {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ error: error.message }));
    throw error;
  } finally {
    connection.close();
    socket.onclose = null;
    socket.close();
  }
}

$('#again').onclick = () => location.reload();

run()
  .catch((error) => {
    status('bad', `Failed: ${error.message}`);
    document.body.dataset.result = 'bad';
  })
  .finally(() => ($('#again').hidden = false));
