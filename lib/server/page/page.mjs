/** The page: who may do what, and what happens. */
import { $, request, setText } from './dom.mjs';
import { listen, pause } from './feed.mjs';
import { allowEnding, setUpPlayer, showLevels, showSessions } from './live.mjs';
import { setUpPublishing } from './publish.mjs';
import { allowDeleting, setUpRecordings, showRecordings } from './recordings.mjs';

async function refresh() {
  const access = await (await request('/api/access')).json();
  const missing = Object.entries(access).filter(([, { granted, possible }]) => possible && !granted);
  $('token-open').hidden = missing.length === 0 && !document.cookie && !localStorage.getItem('token');
  for (const button of $('publish-start').children) button.disabled = !access.publish.granted;
  setText($('publish-note'), access.publish.granted ? '' : 'You need a token to publish.');
  allowEnding(access.admin.granted);
  allowDeleting(access.admin.granted);
  if (!access.view.granted) {
    pause();
    showSessions([]);
    return;
  }
  const update = () => void showRecordings().catch(() => {});
  listen({ sessions: showSessions, levels: showLevels, recordings: update, again: update });
  await showRecordings();
}

function setUpTokens() {
  const dialog = $('token');
  $('token-open').addEventListener('click', () => {
    setText($('token-error'), '');
    dialog.showModal();
  });
  $('token-cancel').addEventListener('click', () => dialog.close());
  $('token-forget').addEventListener('click', async () => {
    await request('/api/access', { method: 'DELETE' });
    localStorage.removeItem('token');
    dialog.close();
    await refresh();
  });
  $('token-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await request('/api/access', {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: $('token-value').value,
      });
      // That there is one; the token itself is kept where no script can read it.
      localStorage.setItem('token', 'kept');
      $('token-value').value = '';
      dialog.close();
      await refresh();
    } catch (error) {
      setText($('token-error'), error.message);
    }
  });
}

setUpPublishing();
setUpPlayer();
setUpRecordings();
setUpTokens();
setText($('whip-url'), new URL('/whip', location.href).href);
await refresh().catch((error) => setText($('connection-text'), error.message));
document.documentElement.dataset.ready = 'true';
