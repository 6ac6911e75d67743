import { byId } from './by-id.ts';
import { fetchPageConfig } from './page-config.ts';
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
void fetchPageConfig().then(({ publishUrl }) => {
  if (publishUrl !== null) showPublishing(publishUrl.replace(/\/+$/, ''));
});
void showDocument();

/** The document tells of the producer-api in words, since only its operator knows its address, `base`. */
function showPublishing(base: string): void {
  const code = byId('publish');
  code.textContent = (code.textContent ?? '')
    .replaceAll('https://publish.example.com', base)
    .replace("'/embed", `'${location.origin}/embed`);
  const docs = linkTo(`${base}/docs`, 'browse and try it');
  const openApi = linkTo(`${base}/openapi.json`, 'OpenAPI 3.1 document');
  byId('publish-where').replaceChildren('There, ', docs, ', or take the ', openApi, '.');
  byId('publish-docs').replaceChildren(linkTo(docs.href, 'Publishing API docs'));
}

function linkTo(href: string, text: string): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = href;
  link.textContent = text;
  return link;
}

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
