export function cacheLooksFilled(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): boolean;
export function stackAt(root: string, offset: number): { readonly pid: number } | undefined;
