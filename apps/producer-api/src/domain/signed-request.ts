import { clockSkewMaxS, signatureScheme } from '@trending/schemas/http/signing';

/** The parameters of a signing `Authorization` header, each of the right form. */
export interface SignatureClaim {
  readonly key: string;
  readonly time: string;
  readonly nonce: string;
  readonly contentSha256: string;
  readonly signature: string;
}

const forms: ReadonlyMap<string, RegExp> = new Map([
  ['key', /^[a-z0-9][a-z0-9_-]{0,31}$/],
  ['time', /^[0-9]{10}$/],
  ['nonce', /^[A-Za-z0-9_-]{16,64}$/],
  ['content-sha256', /^[0-9a-f]{64}$/],
  ['signature', /^[0-9a-f]{64}$/],
]);
const names = [...forms.keys()];
const longest = 512;

export function isSignature(authorization: string): boolean {
  const scheme = authorization.slice(0, signatureScheme.length + 1).toLowerCase();
  return scheme === `${signatureScheme.toLowerCase()} `;
}

/** Reads the header; a text is what is wrong with it. Order is free; each parameter stands once, quotes are allowed. */
export function signatureClaim(authorization: string): SignatureClaim | string {
  if (authorization.length > longest) return 'the header is too long';
  const parameters = new Map<string, string>();
  for (const part of authorization.slice(signatureScheme.length + 1).split(',')) {
    const [, name = '', , value = ''] =
      /^([a-z0-9-]{1,20})=("?)([^"]*)\2$/.exec(part.replace(/^ +| +$/g, '')) ?? [];
    if (forms.get(name)?.test(value) !== true || parameters.has(name))
      return names.includes(name) ? `${name} is not of its form, or given twice` : unknownPart;
    parameters.set(name, value);
  }
  const missing = names.filter((name) => !parameters.has(name));
  if (missing.length > 0) return `missing: ${missing.join(', ')}`;
  const of = (name: string) => parameters.get(name) ?? '';
  return {
    key: of('key'),
    time: of('time'),
    nonce: of('nonce'),
    contentSha256: of('content-sha256'),
    signature: of('signature'),
  };
}

const unknownPart = `it is ${signatureScheme} and ${names.map((name) => `${name}=…`).join(',')}`;

/** Is the time of a claim within the clock skew? Both ends are. @param now ms */
export function isFresh(claim: SignatureClaim, now: number): boolean {
  return Math.abs(now - Number(claim.time) * 1000) <= clockSkewMaxS * 1000;
}
