import type { OpsStatus, PartitionRow, ServiceStatus } from '../ops-status.ts';
import { byId } from './by-id.ts';
import { LiveFigures } from './ops/live-figures.ts';
import { startTheme } from './theme.ts';

const everyMs = 2_000;
const timeoutMs = 6_000;
const fates = [
  'counted',
  'lateCounted',
  'lateDropped',
  'duplicate',
  'filtered',
  'deadLettered',
  'markers',
] as const;

const figures = new LiveFigures();
startTheme();
void follow();

/** One question after the other, so a slow answer never piles up questions. */
async function follow(): Promise<void> {
  for (;;) {
    await refresh().catch(() => verdict('The gateway does not answer.', true));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function refresh(): Promise<void> {
  const answer = await fetch('/ops/status.json', { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(String(answer.status));
  const status = (await answer.json()) as OpsStatus;
  figures.observe(status);
  // Without its own figures the gateway still tells of the others.
  await figures.askLatency().catch(() => undefined);
  byId('services').replaceChildren(...status.services.map(serviceItem));
  byId('partitions').replaceChildren(...status.partitions.map((row) => tableRow(cellsOf(row))));
  byId('totals').replaceChildren(tableRow(totalsOf(status.partitions)));
  byId('as-of').textContent = `As of ${new Date(status.asOf).toLocaleTimeString()}`;
  judge(status);
}

function judge({ services, partitions }: OpsStatus): void {
  const down = services.filter(({ ready }) => !ready);
  const off = partitions.filter(isOff);
  const unread = partitions.filter(({ position }) => position === null);
  const lag = partitions.reduce((sum, row) => sum + (row.lag ?? 0), 0);
  if (off.length > 0)
    verdict(`Records without one fate in ${off.length} partitions: a defect.`, true);
  else if (down.length > 0) verdict(`Not ready: ${down.map(({ name }) => name).join(', ')}.`, true);
  else if (unread.length > 0)
    verdict(`${unread.length} partitions are held by no processor that is known here.`, true);
  else
    verdict(`Residual 0. ${lag === 0 ? 'Nothing waits.' : `${amount(lag)} records wait.`}`, false);
}

/** What nobody tells is no defect. */
function isOff({ residual, unaccepted }: PartitionRow): boolean {
  return (residual ?? 0) !== 0 || (unaccepted ?? 0) !== 0;
}

function verdict(text: string, isBad: boolean): void {
  const place = byId('verdict');
  place.classList.toggle('bad', isBad);
  // Said again only when it changed: it is read aloud.
  if (place.textContent !== text) place.textContent = text;
}

function serviceItem({ name, ready, detail }: ServiceStatus): HTMLElement {
  const item = document.createElement('li');
  item.classList.toggle('bad', !ready);
  const [label, text] = [document.createElement('b'), document.createElement('span')];
  label.textContent = name;
  text.textContent = detail;
  item.append(label, text);
  return item;
}

interface Cell {
  readonly text: string;
  readonly isBad?: boolean;
}

function cellsOf(row: PartitionRow): Cell[] {
  return [
    { text: String(row.partition) },
    ...[row.logEnd, row.position, row.lag, row.accepted].map(cell),
    ...fates.map((fate) => cell(row.fates?.[fate] ?? null)),
    { ...cell(row.residual), isBad: row.residual !== 0 },
    { ...cell(row.unaccepted), isBad: (row.unaccepted ?? 0) !== 0 },
  ];
}

function totalsOf(rows: readonly PartitionRow[]): Cell[] {
  const sum = (read: (row: PartitionRow) => number | null | undefined) =>
    rows.reduce((total, row) => total + (read(row) ?? 0), 0);
  const residual = sum((row) => Math.abs(row.residual ?? 0));
  const unaccepted = sum((row) => Math.abs(row.unaccepted ?? 0));
  return [
    { text: 'All' },
    ...[sum((row) => row.logEnd), sum((row) => row.position), sum((row) => row.lag)].map(cell),
    cell(sum((row) => row.accepted)),
    ...fates.map((fate) => cell(sum((row) => row.fates?.[fate]))),
    { ...cell(residual), isBad: residual !== 0 },
    { ...cell(unaccepted), isBad: unaccepted !== 0 },
  ];
}

function cell(value: number | null): Cell {
  return { text: value === null ? '–' : amount(value) };
}

function amount(value: number): string {
  return value.toLocaleString('en');
}

function tableRow(cells: readonly Cell[]): HTMLTableRowElement {
  const row = document.createElement('tr');
  for (const { text, isBad = false } of cells) {
    const data = row.insertCell();
    data.textContent = text;
    data.classList.toggle('bad', isBad);
  }
  return row;
}
