import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { registryArtefact } from '../artefacts/artefact.ts';
import { artefactFolder } from '../artefacts/fetch.ts';
import { brokerNames } from './broker.ts';
import { archiveFlag, archivePath, javaCommand, registryJava } from './jvm.ts';
import { answersOk } from './probes.ts';
import type { ServiceSpec, StackSettings } from './spec.ts';
import { host, urlsOf } from './urls.ts';

/**
 * Kept stacks store schemas in Kafka itself, as production does. Ephemeral ones use a file that lives
 * as long as the run, so that the registry can be killed and come back with the same schema ids.
 */
function storageEnv(settings: StackSettings): Record<string, string> {
  if (settings.keepsData) {
    return {
      APICURIO_STORAGE_KIND: 'kafkasql',
      APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: urlsOf(settings.ports).kafka,
    };
  }
  const file = join(settings.dataFolder, 'registry/schemas');
  return { APICURIO_DATASOURCE_URL: `jdbc:h2:file:${file};WRITE_DELAY=0` };
}

export function registrySpec(settings: StackSettings, javaVersion: string): ServiceSpec {
  const archive = archivePath(settings.cache, registryArtefact, javaVersion);
  const { registryUrl } = urlsOf(settings.ports);
  mkdirSync(join(settings.dataFolder, 'registry'), { recursive: true });
  return {
    name: 'registry',
    label: 'schema registry',
    note: `http://${host}:${settings.ports.registry}`,
    url: registryUrl,
    command: javaCommand(settings.env),
    args: ['-Xmx256m', ...archiveFlag(archive), ...registryJava(settings.cache)],
    cwd: artefactFolder(settings.cache, registryArtefact),
    env: {
      ...settings.env,
      ...storageEnv(settings),
      QUARKUS_HTTP_HOST: host,
      QUARKUS_HTTP_PORT: String(settings.ports.registry),
      QUARKUS_BANNER_ENABLED: 'false',
    },
    needs: settings.keepsData ? brokerNames.slice(0, settings.brokers) : [],
    probe: () => answersOk(`${registryUrl}/subjects`),
    readyTimeoutMs: 90_000,
    stopGraceMs: 2_000,
    fix: 'npm run doctor; a damaged download is cured by removing .cache/jvm',
  };
}
