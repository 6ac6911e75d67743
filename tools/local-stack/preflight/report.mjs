const marks = { ok: '✓', info: '·', warn: '!', fail: '✗' };

/** Verdicts as text, fixes below what they fix; `all` false leaves out what is well. */
export function reportText(verdicts, { all }) {
  return verdicts
    .filter(({ level }) => all || level === 'warn' || level === 'fail')
    .map(({ name, level, text, fix }) => {
      const line = `  ${marks[level]} ${name.padEnd(9)} ${text}`;
      return fix === undefined ? line : `${line}\n              fix: ${fix}`;
    })
    .join('\n');
}

/** What a start says that finds a stack at its offset. */
export function alreadyRunsText(portOffset, pid) {
  return (
    `A stack already runs at offset ${portOffset} (process ${pid}).\n` +
    `  its URLs: npm run status -- --port-offset ${portOffset}\n` +
    `  a second one beside it: npm start -- --port-offset ${portOffset + 100}`
  );
}
