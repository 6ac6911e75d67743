import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { trainClassArchives } from './artefacts/class-archives.ts';
import { fetchArtefacts } from './artefacts/fetch.ts';
import { formattedTemplate, javaVersionText } from './artefacts/prepare.ts';
import { runFolder } from './paths.ts';
import { tickLine } from './ready-block.ts';
import type { Reporter } from './reporter.ts';
import { type RunningStack, removeRunFile, writeRunFile } from './run-file.ts';
import { prepareBrokers } from './services/broker.ts';
import { bootstrapServers, developmentApiKey } from './services/node-services.ts';
import type { StackSettings } from './services/spec.ts';
import { urlsOf } from './services/urls.ts';
import { type RunSettings, type Stack, unlessAborted } from './stack.ts';
import { type Prepared, runPlace, specsOf, stackSettings } from './stack-settings.ts';
import { type ControlServer, startControlServer } from './supervisor/control-server.ts';
import type { ManagedService } from './supervisor/managed-service.ts';
import { restartDelay, restartDelayForEver } from './supervisor/restart-budget.ts';
import { createSupervisor, type Supervisor } from './supervisor/supervisor.ts';
import { sweepDeadRuns } from './sweep.ts';

/** Starts everything on this machine, without Docker. @throws Error with the reason and the fix; nothing is left running. */
export async function startLocalStack(run: RunSettings): Promise<Stack> {
  const settings = stackSettings(run);
  const place = runPlace(run.flags.portOffset ?? 0);
  sweepDeadRuns(runFolder, Date.now());
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, 'logs'), { recursive: true });
  const prepared = await unlessAborted(run.aborted, prepare(run, settings));
  return supervise(run, settings, prepared);
}

async function prepare(run: RunSettings, settings: StackSettings): Promise<Prepared> {
  const preparing = { cache: settings.cache, env: run.env, reporter: run.reporter };
  await fetchArtefacts(preparing);
  const [template, javaVersion] = await Promise.all([
    formattedTemplate(preparing),
    javaVersionText(run.env),
  ]);
  await trainClassArchives(preparing, template);
  return { brokerProperties: prepareBrokers(settings, template), javaVersion };
}

async function supervise(
  run: RunSettings,
  settings: StackSettings,
  prepared: Prepared,
): Promise<Stack> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const logFolder = join(runPlace(run.flags.portOffset ?? 0), 'logs');
  let changed = (): void => undefined;
  const supervisor = createSupervisor(specsOf(settings, prepared, run.flags.apps), {
    logFolder,
    changed: (service) => {
      report(service, run.reporter);
      changed();
    },
    restartDelay: run.flags.keepRestarting ? restartDelayForEver : restartDelay,
    insists: run.flags.keepRestarting,
    gaveUp: reject,
  });
  const control = await startControlServer(supervisor);
  const description = describer({ run, settings, supervisor, control, logFolder });
  changed = () => writeRunFile(runFolder, description());
  const stop = async () => {
    await supervisor.stop();
    changed = () => undefined;
    removeRunFile(runFolder, description().offset);
    await control.close();
    if (!settings.keepsData) rmSync(settings.dataFolder, { recursive: true, force: true });
  };
  run.aborted.addEventListener('abort', () => void supervisor.stop(), { once: true });
  try {
    await supervisor.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { note: noteOf(settings), description, failed, stop };
}

interface DescriptionParts {
  readonly run: RunSettings;
  readonly settings: StackSettings;
  readonly supervisor: Supervisor;
  readonly control: ControlServer;
  readonly logFolder: string;
}

function describer(parts: DescriptionParts): () => RunningStack {
  const { flags } = parts.run;
  const startedAt = new Date().toISOString();
  return () => {
    const services = [...parts.supervisor.services.values()];
    return {
      kind: 'local',
      offset: flags.portOffset ?? 0,
      pid: process.pid,
      startedAt,
      ready: services.every(({ state }) => state === 'ready' || state === 'done'),
      ...urlsOf(parts.settings.ports),
      kafka: bootstrapServers(parts.settings),
      apiKey: developmentApiKey,
      controlUrl: parts.control.url,
      logFolder: parts.logFolder,
      apps: flags.apps,
      demo: flags.demo,
      services: describeServices(services),
    };
  };
}

function describeServices(services: readonly ManagedService[]): RunningStack['services'] {
  return Object.fromEntries(
    services
      .filter(({ spec }) => spec.url !== undefined)
      .map(({ spec, pid, state }) => [
        spec.name,
        { pid: pid ?? null, url: spec.url ?? '', ready: state === 'ready' },
      ]),
  );
}

function report({ spec, state, elapsedMs, restarts }: ManagedService, reporter: Reporter): void {
  if (state === 'ready' || state === 'done') {
    reporter.line(tickLine({ label: spec.label, elapsedMs, note: spec.note }));
  } else if (state === 'restarting') {
    reporter.line(`  ! ${spec.label} ended and is started again (${restarts})`);
  }
}

function noteOf(settings: StackSettings): string {
  return settings.keepsData
    ? `local stack (no Docker), dev only, data kept in ${settings.dataFolder}`
    : 'local stack (no Docker), dev only, data goes when it stops; keep it with --data-dir DIR';
}
