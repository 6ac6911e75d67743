/** One line of a Prometheus exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** Samples whose name `wants`, from the text that /metrics answers; what is no sample is passed over. */
export function samplesOf(text: string, wants: (name: string) => boolean): Sample[] {
  return text.split('\n').flatMap((one) => {
    const [, name = '', labels = '', value] = line.exec(one) ?? [];
    if (name === '' || !wants(name)) return [];
    const pairs = [...labels.matchAll(label)].map(([, key, quoted]) => [key, quoted]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}
