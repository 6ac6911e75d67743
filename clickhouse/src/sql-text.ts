// Comments and quoted things are taken whole, so a semicolon inside them ends nothing.
const piece =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"[^"]*"|`[^`]*`|;|[^;'"`/-]+|[\s\S]/g;

/** Statements of a file, without comments and closing semicolons. */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let current = '';
  for (const [found] of text.matchAll(piece)) {
    if (found.startsWith('--') || found.startsWith('/*')) continue;
    if (found === ';') {
      statements.push(current.trim());
      current = '';
    } else {
      current += found;
    }
  }
  return [...statements, current.trim()].filter((statement) => statement !== '');
}
