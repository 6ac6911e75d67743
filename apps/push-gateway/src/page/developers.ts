import { byId } from './by-id.ts';
import { startTheme } from './theme.ts';

/** What this page reads of the AsyncAPI document. */
interface Channel {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, unknown>>;
}
interface AsyncApi {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly components: {
    readonly messages: Readonly<
      Record<string, { readonly name: string; readonly summary: string }>
    >;
  };
}

startTheme();
byId('embed').textContent =
  `<script type="module" src="${location.origin}/embed/v1/trending-tokens.js"></script>\n` +
  `<trending-tokens endpoint="${location.origin}" window="1h" limit="10"></trending-tokens>`;
void showDocument();

async function showDocument(): Promise<void> {
  const note = byId('channels-note');
  try {
    const answer = await fetch('/asyncapi.json');
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { channels, components } = (await answer.json()) as AsyncApi;
    byId('channels').replaceChildren(...Object.values(channels).map(channelCard));
    byId('frames').replaceChildren(
      ...Object.values(components.messages).flatMap(({ name, summary }) => [
        element('dt', name),
        element('dd', summary),
      ]),
    );
    note.textContent = `${Object.keys(channels).length} channels, the same frames on all of them.`;
  } catch (error) {
    note.textContent = `The document did not come: ${String(error)}. Reload to try again.`;
  }
}

function channelCard({ title, address, description, messages }: Channel): HTMLElement {
  const card = document.createElement('article');
  card.append(
    element('h3', title),
    element('code', address),
    element('p', description),
    element('p', `Frames: ${Object.keys(messages).join(', ')}`),
  );
  return card;
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
