/** Publishing: camera and microphone, or a screen. */
import { $, formatTime, setMeter, setText } from './dom.mjs';
import { HttpSession } from './rtc.mjs';

let session = null;
let stream = null;
let timers = [];
let audioContext = null;

/** Shows the loudness of what is sent. */
function watchLevel(track) {
  audioContext = new AudioContext();
  const analyser = new AnalyserNode(audioContext, { fftSize: 1024 });
  audioContext.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  timers.push(
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      setMeter($('preview-meter'), Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length));
    }, 100),
  );
}

/** What is wrong, for people. */
function explain(error) {
  if (error.name === 'NotAllowedError')
    return 'The browser was not allowed to use the camera, the microphone or the screen.';
  if (error.name === 'NotFoundError') return 'There is no camera or microphone here.';
  if (!navigator.mediaDevices) return 'Browsers publish over HTTPS and from this machine only.';
  return error.message;
}

async function capture(source) {
  if (source === 'screen') return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 30 }, audio: true });
  const audio = { echoCancellation: true, noiseSuppression: true };
  const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  return navigator.mediaDevices.getUserMedia({ audio, video }).catch((error) => {
    // A machine without a camera may still have a voice.
    if (error.name !== 'NotFoundError') throw error;
    return navigator.mediaDevices.getUserMedia({ audio });
  });
}

function show(state, note = '') {
  const publishing = state === 'live';
  $('publish').dataset.state = state;
  $('preview').dataset.state = state;
  $('publish-start').hidden = state !== 'idle';
  $('publish-stop').hidden = state === 'idle';
  $('preview-badge').hidden = !publishing;
  $('preview-hint').hidden = state !== 'idle';
  $('name').disabled = state !== 'idle';
  setText($('publish-note'), note);
}

async function start(source, name) {
  show('starting', 'Waiting for the browser…');
  try {
    stream = await capture(source);
    $('preview-video').srcObject = stream;
    $('preview-video')
      .play()
      .catch(() => {});
    session = new HttpSession();
    for (const track of stream.getTracks()) {
      session.pc.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      track.addEventListener('ended', () => stop());
    }
    session.onended = () => stop('The connection was lost.');
    const { pc } = session;
    pc.addEventListener('connectionstatechange', () => {
      if (pc.connectionState !== 'connected' || timers.length > 0) return;
      show('live', '');
      const began = performance.now();
      timers.push(setInterval(() => setText($('preview-time'), formatTime((performance.now() - began) / 1000)), 500));
      const [track] = stream.getAudioTracks();
      if (track) watchLevel(track);
    });
    setText($('publish-note'), 'Connecting…');
    await session.begin(`/whip/${encodeURIComponent(name)}`);
  } catch (error) {
    stop(explain(error));
  }
}

/** Ends what is published, and says why if nobody asked for it. */
export function stop(note = '') {
  session?.end();
  for (const track of stream?.getTracks() ?? []) track.stop();
  for (const timer of timers) clearInterval(timer);
  void audioContext?.close();
  [session, stream, timers, audioContext] = [null, null, [], null];
  $('preview-video').srcObject = null;
  setMeter($('preview-meter'), 0);
  setText($('preview-time'), '0:00');
  show('idle', note);
}

/** Makes the form work. */
export function setUpPublishing() {
  show('idle');
  $('publish-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (session || stream) return;
    void start(event.submitter?.value ?? 'camera', $('name').value);
  });
  $('stop').addEventListener('click', () => stop('Recorded. It is in the list.'));
}
